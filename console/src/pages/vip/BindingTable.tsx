import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import type { Binding, Vip } from '../../api/client';
import { useVmsById } from '../../api/inventory';
import { AppLink } from '../../components/AppLink';
import { Time } from '../../components/Time';
import { useLimits } from '../../session/SessionGate';
import { ConfigurationSign } from './ConfigurationSign';
import { FenceVm } from './FenceVm';

/** The VMs that may claim the VIP. */
export function BindingTable({ vip, actions }: { vip: Vip; actions: ReactNode }) {
  const vms = useVmsById();
  const { vmsPerVip } = useLimits();
  const holds = (vmId: string) => vip.holders.some((holder) => holder.vmId === vmId);
  const [fencing, setFencing] = useState<Binding>();
  return (
    <>
      <Table
        items={vip.bindings}
        trackBy="vmId"
        ariaLabels={{ tableLabel: 'Associated VMs' }}
        header={
          <Header variant="h2" counter={`(${vip.bindings.length} of ${vmsPerVip})`} actions={actions}>
            Associated VMs
          </Header>
        }
        empty="No VM is bound: nobody can use this VIP"
        columnDefinitions={[
          {
            id: 'vm',
            header: 'VM',
            isRowHeader: true,
            cell: ({ vmId, vmName, fencedUntil }) => (
              <>
                <AppLink href={`/vms/${vmId}`}>{vmName}</AppLink> {holds(vmId) && <Badge color="green">Holder</Badge>}
                {fencedUntil && (
                  <StatusIndicator type="stopped">
                    Fenced until <Time at={fencedUntil} />
                  </StatusIndicator>
                )}
              </>
            ),
          },
          {
            id: 'address',
            header: 'Address',
            cell: ({ vmId, nicId }) => vms.get(vmId)?.nics.find(({ id }) => id === nicId)?.address ?? '–',
          },
          { id: 'mac', header: 'MAC address', cell: ({ mac, vmac }) => (vmac ? `${mac}, or the VRID’s` : mac) },
          { id: 'port', header: 'Port', cell: ({ port }) => port },
          {
            id: 'status',
            header: 'Link',
            cell: ({ up }) =>
              up ? (
                <StatusIndicator type="success">Up</StatusIndicator>
              ) : (
                <StatusIndicator type="warning">Down</StatusIndicator>
              ),
          },
          {
            id: 'configuration',
            header: 'Configuration',
            cell: ({ configuration }) => <ConfigurationSign configuration={configuration} />,
          },
          {
            id: 'fence',
            header: 'Action',
            cell: (binding) => (
              <Button
                variant="inline-link"
                ariaLabel={`Fence ${binding.vmName}`}
                disabled={vip.state === 'deleting'}
                onClick={() => setFencing(binding)}
              >
                Fence
              </Button>
            ),
          },
          { id: 'nic', header: 'NIC', cell: ({ nicId }) => nicId },
        ]}
      />
      {fencing && <FenceVm vip={vip} binding={fencing} onClose={() => setFencing(undefined)} />}
    </>
  );
}
