import { useState } from 'react';
import { api, answer, type Subnet } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { useSubnets, useVpcsById } from '../../api/inventory';
import { EditNetwork } from '../../components/EditNetwork';
import { InventoryTable } from '../../components/InventoryTable';
import { networkColumns } from '../../components/networkColumns';
import { CreateSubnet } from './CreateSubnet';

export function SubnetsPage() {
  const subnets = useSubnets();
  const vpcs = useVpcsById();
  const [open, setOpen] = useState<'create' | Subnet>();
  const close = () => setOpen(undefined);
  const columns = networkColumns<Subnet>();
  columns.splice(3, 0, { id: 'vpc', header: 'VPC', cell: ({ vpcId }) => vpcs.get(vpcId)?.name ?? vpcId });
  return (
    <>
      <InventoryTable
        title="Subnets"
        singular="subnet"
        description="One layer-2 segment each; internal VIPs are addresses of them."
        columns={columns}
        list={subnets}
        remove={(id) => answer(api.DELETE('/v1/subnets/{id}', { params: { path: { id } } }))}
        doomed={({ id, name, cidr }) => ({
          id,
          name,
          detail: cidr,
          warning: 'Its NICs and VIPs must be deleted before',
        })}
        empty="No subnets yet"
        onCreate={() => setOpen('create')}
        onEdit={setOpen}
      />
      {open === 'create' && <CreateSubnet onClose={close} />}
      {typeof open === 'object' && (
        <EditNetwork
          kind="subnet"
          network={open}
          save={(body) => answer(api.PATCH('/v1/subnets/{id}', { params: ifMatch(open), body }))}
          onClose={close}
        />
      )}
    </>
  );
}
