import { useState } from 'react';
import { api, answer, type ExternalNetwork } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { useExternalNetworks } from '../../api/inventory';
import { EditNetwork } from '../../components/EditNetwork';
import { InventoryTable } from '../../components/InventoryTable';
import { networkColumns } from '../../components/networkColumns';
import { useSession } from '../../session/SessionGate';
import { CreateExternalNetwork } from './CreateExternalNetwork';

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
        readOnly={isAdmin ? undefined : 'Only an administrator can change them; everybody can put VIPs on them.'}
        columns={networkColumns<ExternalNetwork>()}
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
        <EditNetwork
          kind="external network"
          network={open}
          save={(body) => answer(api.PATCH('/v1/external-networks/{id}', { params: ifMatch(open), body }))}
          onClose={close}
        />
      )}
    </>
  );
}
