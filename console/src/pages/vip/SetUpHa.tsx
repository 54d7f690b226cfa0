import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import type { Binding, Vip } from '../../api/client';
import { useAllowVmac, useConfiguration, type ConfigurationOptions } from '../../api/keepalived';
import { Code } from '../../components/Code';
import { Loaded } from '../../components/Loaded';
import { CheckConfiguration } from './CheckConfiguration';
import { ConfigurationSign } from './ConfigurationSign';
import { installation } from './installation';

const INTERVALS = ['1', '0.5', '0.2', '0.1'].map((value) => ({ value, label: `${value} s` }));

/** The keepalived.conf of each VM, and a check of one that somebody wrote. */
export function SetUpHa({ vip }: { vip: Vip }) {
  const [options, setOptions] = useState<ConfigurationOptions>({ advertInt: '1', preempt: false, vmac: false });
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description="Every VM that is bound needs a file of its own, and all the same options.">
            Set up keepalived
          </Header>
        }
      >
        {vip.bindings.length === 0 ? (
          <Box>No VM is bound. Bind two or three, and come back for their files.</Box>
        ) : (
          <SpaceBetween size="m">
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
            <Tabs
              ariaLabel="VMs"
              tabs={vip.bindings.map((binding) => ({
                id: binding.vmId,
                label: binding.vmName,
                content: <VmConfiguration key={binding.vmId} vip={vip} binding={binding} options={options} />,
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
  options: ConfigurationOptions;
}

function VmConfiguration({ vip, binding, options }: Props) {
  const query = useConfiguration(vip, binding, options);
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
    <Loaded query={query} what="configuration">
      {(text) => {
        const { sysctl, commands } = installation(text);
        return (
          <SpaceBetween size="m">
            <ConfigurationSign configuration={binding.configuration} />
            <Code name={`keepalived.conf of ${binding.vmName}`} text={text} />
            {sysctl !== '' && <Code name="/etc/sysctl.d/90-havip.conf" text={sysctl} />}
            <Code name={`As root in ${binding.vmName}`} text={commands} />
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}
