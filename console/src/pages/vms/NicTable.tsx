import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { api, answer, type Nic, type Vm } from '../../api/client';
import { useNetworksById } from '../../api/inventory';
import { DeleteModal } from '../../components/DeleteModal';
import { moment } from '../../components/Time';
import { useRemoval } from '../../components/useRemoval';

export function NicTable({ vm, onAdd }: { vm: Vm; onAdd: () => void }) {
  const networks = useNetworksById();
  const [deleting, setDeleting] = useState<Nic>();
  const remove = useRemoval('NIC', (nicId) =>
    answer(api.DELETE('/v1/vms/{id}/nics/{nicId}', { params: { path: { id: vm.id, nicId } } })),
  );
  return (
    <>
      <Table
        items={vm.nics}
        trackBy="id"
        ariaLabels={{ tableLabel: 'NICs' }}
        header={
          <Header variant="h2" counter={`(${vm.nics.length})`} actions={<Button onClick={onAdd}>Add NIC</Button>}>
            NICs
          </Header>
        }
        empty="No NICs"
        columnDefinitions={[
          {
            id: 'network',
            header: 'Network',
            cell: (nic) => networks.get(nic.networkId)?.name ?? nic.networkId,
            isRowHeader: true,
          },
          { id: 'address', header: 'Address', cell: (nic) => nic.address ?? '–' },
          { id: 'mac', header: 'MAC address', cell: (nic) => nic.mac },
          { id: 'port', header: 'Port', cell: (nic) => nic.port },
          { id: 'allowed', header: 'Allowed sources', cell: (nic) => nic.allowedSources.join(', ') || '–' },
          {
            id: 'role',
            header: 'Role',
            cell: (nic) =>
              [nic.gateway ? 'gateway' : '', nic.sendsFromVip.length > 0 ? 'LVS real server' : '']
                .filter((role) => role !== '')
                .join(', ') || '–',
          },
          {
            id: 'status',
            header: 'Status',
            cell: (nic) => <NicStatus nic={nic} />,
          },
          {
            id: 'delete',
            header: 'Action',
            cell: (nic) => (
              <Button variant="inline-link" ariaLabel={`Delete NIC ${nic.port}`} onClick={() => setDeleting(nic)}>
                Delete
              </Button>
            ),
          },
        ]}
      />
      {deleting && (
        <DeleteModal
          kind="NIC"
          items={[
            {
              id: deleting.id,
              name: deleting.port,
              detail: deleting.address,
              warning: `${vm.name} is unbound from the VIPs that need it`,
            },
          ]}
          remove={remove}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}

function NicStatus({ nic: { attached, up, conflict } }: { nic: Nic }) {
  if (conflict) {
    const host = conflict.mac ? `${conflict.mac} at port ${conflict.port ?? ''}` : 'Another host';
    return (
      <StatusIndicator type="error">
        {host} has the address since {moment(conflict.since)}
      </StatusIndicator>
    );
  }
  if (!attached) {
    return <StatusIndicator type="pending">Not attached</StatusIndicator>;
  }
  return up ? (
    <StatusIndicator type="success">Up</StatusIndicator>
  ) : (
    <StatusIndicator type="warning">Down</StatusIndicator>
  );
}
