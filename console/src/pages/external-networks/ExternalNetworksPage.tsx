import { useState } from 'react';
import { api, answer, type ExternalNetwork } from '../../api/client';
import { useExternalNetworks } from '../../api/inventory';
import { InventoryTable } from '../../components/InventoryTable';
import type { Column } from '../../components/ListTable';
import { networkColumns } from '../../components/networkColumns';
import { useSession } from '../../session/SessionGate';
import { CreateExternalNetwork } from './CreateExternalNetwork';
import { EditExternalNetwork } from './EditExternalNetwork';

const ACCOUNTS: Column<ExternalNetwork> = {
  id: 'accounts',
  header: 'Accounts',
  cell: ({ shared, accounts }) => (shared ? 'Every account' : (accounts ?? []).join(', ') || 'None'),
};

export function ExternalNetworksPage() {
  const networks = useExternalNetworks();
  const isAdmin = useSession().session.role === 'admin';
  const [open, setOpen] = useState<'create' | ExternalNetwork>();
  const close = () => setOpen(undefined);
  return (
    <>
      <InventoryTable
        title="External networks"
        singular="external network"
        description="Networks beyond the VPCs; external VIPs are addresses of them."
        readOnly={isAdmin ? undefined : 'Those that your account may use. Only an administrator can change them.'}
        columns={isAdmin ? [...networkColumns<ExternalNetwork>(), ACCOUNTS] : networkColumns<ExternalNetwork>()}
        list={networks}
        remove={(id) => answer(api.DELETE('/v1/external-networks/{id}', { params: { path: { id } } }))}
        doomed={({ id, name, cidr }) => ({
          id,
          name,
          detail: cidr,
          warning: 'Its NICs and VIPs must be deleted before',
        })}
        empty="No external networks yet"
        onCreate={() => setOpen('create')}
        onEdit={setOpen}
      />
      {open === 'create' && <CreateExternalNetwork onClose={close} />}
      {typeof open === 'object' && (
        <EditExternalNetwork network={open} onClose={close} />
      )}
    </>
  );
}
