import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import type { Binding, Vip } from '../../api/client';
import { useNetworksById, useVmsById } from '../../api/inventory';
import { useAllowVmac, useConfiguration, type ConfigurationOptions, type Software } from '../../api/keepalived';
import { Code } from '../../components/Code';
import { Loaded } from '../../components/Loaded';
import { CheckConfiguration } from './CheckConfiguration';
import { ConfigurationSign } from './ConfigurationSign';
import { installation } from './installation';

const INTERVALS = ['1', '0.5', '0.2', '0.1'].map((value) => ({ value, label: `${value} s` }));

const SOFTWARE: { id: Software; text: string }[] = [
  { id: 'keepalived', text: 'keepalived' },
  { id: 'heartbeat', text: 'heartbeat' },
  { id: 'pacemaker', text: 'pacemaker' },
];

/** What sets HA software up in each VM, and a check of a keepalived.conf that somebody wrote. */
export function SetUpHa({ vip }: { vip: Vip }) {
  const [software, setSoftware] = useState<Software>('keepalived');
  const [options, setOptions] = useState<ConfigurationOptions>({ advertInt: '1', preempt: false, vmac: false });
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Every VM that is bound needs a file of its own, and all the same software and options."
          >
            Set up HA software
          </Header>
        }
      >
        {vip.bindings.length === 0 ? (
          <Box>No VM is bound. Bind two or three, and come back for their files.</Box>
        ) : (
          <SpaceBetween size="m">
            <SegmentedControl
              label="HA software"
              selectedId={software}
              options={SOFTWARE}
              onChange={({ detail }) => setSoftware(detail.selectedId as Software)}
            />
            {software === 'keepalived' && (
              <SpaceBetween direction="horizontal" size="l" alignItems="end">
                <FormField label="Advertise every" description="Another VM takes over after three to four of these.">
                  <Select
                    selectedOption={INTERVALS.find(({ value }) => value === options.advertInt) ?? null}
                    options={INTERVALS}
                    onChange={({ detail }) => setOptions({ ...options, advertInt: detail.selectedOption.value ?? '1' })}
                  />
                </FormField>
                <Checkbox
                  checked={options.preempt}
                  onChange={({ detail }) => setOptions({ ...options, preempt: detail.checked })}
                >
                  Let a preferred VM take the VIP back when it returns
                </Checkbox>
                <Checkbox checked={options.vmac} onChange={({ detail }) => setOptions({ ...options, vmac: detail.checked })}>
                  Use a MAC address of the VIP’s own
                </Checkbox>
              </SpaceBetween>
            )}
            <Tabs
              ariaLabel="VMs"
              tabs={vip.bindings.map((binding) => ({
                id: binding.vmId,
                label: binding.vmName,
                content: (
                  <VmConfiguration
                    key={binding.vmId}
                    vip={vip}
                    binding={binding}
                    software={software}
                    options={software === 'keepalived' ? options : { ...options, vmac: false }}
                  />
                ),
              }))}
            />
          </SpaceBetween>
        )}
      </Container>
      <CheckConfiguration vip={vip} />
    </SpaceBetween>
  );
}

interface Props {
  vip: Vip;
  binding: Binding;
  software: Software;
  options: ConfigurationOptions;
}

function VmConfiguration({ vip, binding, software, options }: Props) {
  const [interfaces, setInterfaces] = useState<Record<string, string>>({});
  const query = useConfiguration(
    vip,
    binding,
    software,
    options,
    Object.entries(interfaces).map(([networkId, name]) => `${networkId}=${name}`),
  );
  const allow = useAllowVmac(vip, binding);
  if (options.vmac && !binding.vmac) {
    return (
      <Alert
        type="info"
        header={`${binding.vmName} may only use its own MAC address`}
        action={
          <Button loading={allow.isPending} onClick={() => allow.mutate()}>
            Let it use the VIP’s
          </Button>
        }
      >
        {allow.error?.message ?? 'The network drops what comes from another one until the VM may use it.'}
      </Alert>
    );
  }
  if (binding.configuration === 'outdated') {
    return (
      <Alert
        type="warning"
        header={`The configuration of ${binding.vmName} is outdated`}
        action={
          <Button loading={query.isFetching} onClick={() => void query.refetch()}>
            Make it anew
          </Button>
        }
      >
        {query.error?.message ??
          'The VMs of the VIP have changed since. Until a new one is installed, two may hold the VIP at once.'}
      </Alert>
    );
  }
  return (
    <SpaceBetween size="m">
      <NicNames binding={binding} onChange={setInterfaces} />
      <Loaded query={query} what="configuration">
        {(text) => {
          const { file, sysctl, commands } = installation(text, software);
          return (
            <SpaceBetween size="m">
              <ConfigurationSign configuration={binding.configuration} />
              <Code name={`${file} of ${binding.vmName}`} text={text} />
              {sysctl !== '' && <Code name="/etc/sysctl.d/90-havip.conf" text={sysctl} />}
              <Code name={`As root in ${binding.vmName}`} text={commands} />
            </SpaceBetween>
          );
        }}
      </Loaded>
    </SpaceBetween>
  );
}

/** What the VM calls its NICs, by network. */
function NicNames({ binding, onChange }: { binding: Binding; onChange: (names: Record<string, string>) => void }) {
  const networks = useNetworksById();
  const nics = useVmsById().get(binding.vmId)?.nics ?? [];
  const [typed, setTyped] = useState<Record<string, string>>({});
  const take = () => onChange(Object.fromEntries(Object.entries(typed).filter(([, name]) => name !== '')));
  return (
    <SpaceBetween direction="horizontal" size="l">
      {nics.map(({ id, networkId }, index) => (
        <FormField key={id} label={`${binding.vmName} calls its NIC on ${networks.get(networkId)?.name ?? networkId}`}>
          <Input
            value={typed[networkId] ?? ''}
            placeholder={`eth${index}`}
            onChange={({ detail }) => setTyped({ ...typed, [networkId]: detail.value.trim() })}
            onBlur={take}
            onKeyDown={({ detail }) => detail.key === 'Enter' && take()}
          />
        </FormField>
      ))}
    </SpaceBetween>
  );
}
