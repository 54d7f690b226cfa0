import { useState } from 'react';
import { api, answer, type Vm } from '../../api/client';
import { useVms, useVpcsById } from '../../api/inventory';
import { AppLink } from '../../components/AppLink';
import { InventoryTable } from '../../components/InventoryTable';
import type { Column } from '../../components/ListTable';
import { lastColumns } from '../../components/columns';
import { CreateVm } from './CreateVm';
import { EditVm } from './EditVm';
import { useLimits } from '../../session/SessionGate';
import { tryOutDelete } from './tryOutDelete';
import { VmStatus } from './VmStatus';

export function VmsPage() {
  const vms = useVms();
  const vpcs = useVpcsById();
  const { vipsPerVm } = useLimits();
  const [open, setOpen] = useState<'create' | Vm>();
  const close = () => setOpen(undefined);
  const columns: Column<Vm>[] = [
    {
      id: 'name',
      header: 'Name',
      essential: true,
      isRowHeader: true,
      sortingField: 'name',
      cell: ({ id, name }) => <AppLink href={`/vms/${id}`}>{name}</AppLink>,
    },
    { id: 'state', header: 'State', essential: true, sortingField: 'state', cell: (vm) => <VmStatus vm={vm} /> },
    {
      id: 'vips',
      header: 'VIPs',
      essential: true,
      sortingField: 'vipCount',
      cell: ({ vipCount }) => `${vipCount} of ${vipsPerVm}`,
    },
    { id: 'vpc', header: 'VPC', cell: ({ vpcId }) => vpcs.get(vpcId)?.name ?? vpcId },
    {
      id: 'nics',
      header: 'NICs',
      width: 200,
      cell: ({ nics }) => nics.map((nic) => nic.address ?? nic.port).join(', ') || '–',
    },
    ...lastColumns<Vm>(),
  ];
  return (
    <>
      <InventoryTable
        title="VMs"
        singular="VM"
        description={`The machines that claim VIPs; each can be bound to ${vipsPerVm}.`}
        columns={columns}
        list={vms}
        remove={(id) => answer(api.DELETE('/v1/vms/{id}', { params: { path: { id } } }))}
        tryOut={tryOutDelete}
        doomed={({ id, name, vipCount }) => ({
          id,
          name,
          warning:
            vipCount > 0 ? `It is unbound from ${vipCount === 1 ? 'its VIP' : `its ${vipCount} VIPs`}` : undefined,
        })}
        empty="No VMs yet"
        onCreate={() => setOpen('create')}
        onEdit={setOpen}
      />
      {open === 'create' && <CreateVm onClose={close} />}
      {typeof open === 'object' && <EditVm vm={open} onClose={close} />}
    </>
  );
}
