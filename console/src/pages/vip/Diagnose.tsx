import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Explanation, Vip } from '../../api/client';
import { useExplanation } from '../../api/vips';
import { Loaded } from '../../components/Loaded';
import { Time } from '../../components/Time';
import './Timeline.css';

type Check = Explanation['checks'][number];

const LOOK: Record<Check['status'], { type: StatusIndicatorProps.Type; text: string }> = {
  ok: { type: 'success', text: 'fine' },
  warning: { type: 'warning', text: 'warning' },
  problem: { type: 'error', text: 'problem' },
  unknown: { type: 'pending', text: 'unknown' },
};
const TITLE: Record<Check['check'], string> = {
  state: 'State',
  fabric: 'Fabric',
  bindings: 'Bindings',
  ports: 'Ports',
  vrrp: 'VRRP',
  advertisements: 'Advertisements',
  holder: 'Holder',
  claim: 'Claim',
  refused_claims: 'Refused claims',
  duplicate_address: 'Duplicate address',
  configuration: 'Configuration',
  gateway: 'Gateway',
};
const SUMMARY: Record<Explanation['status'], string> = {
  ok: 'Everything that can be seen is fine.',
  warning: 'It works, but not everything is as it should be.',
  problem: 'Something keeps it from working.',
};

/** Why the VIP works or does not. */
export function Diagnose({ vip }: { vip: Vip }) {
  const query = useExplanation(vip.id);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="HAVIP looks at what is stored and was seen, and asks on the wire."
          actions={
            <Button iconName="refresh" loading={query.isFetching} onClick={() => void query.refetch()}>
              Look again
            </Button>
          }
        >
          Diagnose
        </Header>
      }
    >
      <Loaded query={query} what="diagnosis">
        {({ at, status, checks }) => (
          <>
            <Box padding={{ bottom: 'm' }}>
              <strong>{SUMMARY[status]}</strong> Looked at <Time at={at} />.
            </Box>
            <ol className="timeline">
              {checks.map((check) => (
                <li key={check.check}>
                  <Result {...check} />
                </li>
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </Container>
  );
}

function Result({ check, status, evidence, next }: Check) {
  const { type, text } = LOOK[status];
  return (
    <>
      <StatusIndicator type={type}>{`${TITLE[check]}: ${text}`}</StatusIndicator>
      <Box>{evidence}</Box>
      {next !== undefined && <Box color="text-body-secondary">What to do: {next}</Box>}
    </>
  );
}
