import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Finding, Report, Vip } from '../../api/client';
import { useCheck } from '../../api/keepalived';
import './CheckConfiguration.css';

/** Shows what is wrong with a keepalived.conf, at its lines. */
export function CheckConfiguration({ vip }: { vip: Vip }) {
  const anyVm = { value: '', label: `Any VM of ${vip.name}` };
  const vms = vip.bindings.map(({ vmId, vmName }) => ({ value: vmId, label: vmName }));
  const [vmId, setVmId] = useState('');
  const [text, setText] = useState('');
  const check = useCheck();
  return (
    <Container
      header={
        <Header variant="h2" description="Finds what keepalived itself does not, and compares it with this VIP.">
          Check a configuration
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Whose file it is">
          <Select
            selectedOption={vms.find(({ value }) => value === vmId) ?? anyVm}
            options={[anyVm, ...vms]}
            onChange={({ detail }) => setVmId(detail.selectedOption.value ?? '')}
          />
        </FormField>
        <FormField label="keepalived.conf" stretch>
          <div className="pasted">
            <Textarea
              value={text}
              rows={12}
              spellcheck={false}
              placeholder="Paste it here"
              onChange={({ detail }) => setText(detail.value)}
            />
          </div>
        </FormField>
        <Button
          disabled={text.trim() === ''}
          loading={check.isPending}
          onClick={() => check.mutate({ text, ...(vmId === '' ? { vipId: vip.id } : { vmId }) })}
        >
          Check
        </Button>
        {check.error && <Alert type="error">{check.error.message}</Alert>}
        {check.data && <Findings text={check.data.text} report={check.data.report} />}
      </SpaceBetween>
    </Container>
  );
}

function Findings({ text, report }: { text: string; report: Report }) {
  if (report.findings.length === 0) {
    return <Alert type="success">No findings: HAVIP sees no mistake in it.</Alert>;
  }
  const isBad = report.findings.some(({ severity }) => severity === 'error');
  const [mended] = report.mended;
  return (
    <SpaceBetween size="m">
      <Alert
        type={isBad ? 'error' : 'warning'}
        header={counted(report.findings)}
        action={
          mended && (
            <CopyToClipboard
              textToCopy={mended.text}
              copyButtonText="Copy the mended file"
              copySuccessText="Copied"
              copyErrorText="It could not be copied"
            />
          )
        }
      >
        {report.failovers.map(({ instance, seconds }) => (
          <Box key={instance} color="inherit">
            When the holder crashes, {instance} takes over after {seconds.toFixed(1)} s.
          </Box>
        ))}
      </Alert>
      <ol className="checked" aria-label="The configuration with its findings">
        {text.split(/\r?\n/).map((line, index) => (
          <Line
            key={index}
            number={index + 1}
            text={line}
            findings={report.findings.filter((finding) => finding.line === index + 1)}
          />
        ))}
      </ol>
    </SpaceBetween>
  );
}

function Line({ number, text, findings }: { number: number; text: string; findings: Finding[] }) {
  return (
    <li className={findings.length > 0 ? 'checked-line checked-found' : 'checked-line'}>
      <span className="checked-number">{number}</span>
      <code>{text}</code>
      {findings.map(({ code, column, severity, message, why, fix }) => (
        <div key={`${column} ${code} ${message}`} className="checked-finding">
          <StatusIndicator type={severity}>{`${title(severity)} in line ${number}: ${message}`}</StatusIndicator>
          <Box color="text-body-secondary">{why}</Box>
          {fix !== undefined && (
            <div>
              Better: <code>{fix}</code>
            </div>
          )}
        </div>
      ))}
    </li>
  );
}

function title(severity: Finding['severity']): string {
  return severity[0]!.toUpperCase() + severity.slice(1);
}

function counted(findings: Finding[]): string {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  return (
    [
      [count('error'), 'error'],
      [count('warning'), 'warning'],
      [count('info'), 'remark'],
    ] as const
  )
    .filter(([number]) => number > 0)
    .map(([number, name]) => `${number} ${name}${number === 1 ? '' : 's'}`)
    .join(', ');
}
