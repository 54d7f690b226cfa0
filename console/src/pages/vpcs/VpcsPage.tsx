import { useState } from 'react';
import { api, answer, type Vpc } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { useSubnets, useVpcs } from '../../api/inventory';
import { InventoryTable } from '../../components/InventoryTable';
import type { Column } from '../../components/ListTable';
import { Rename } from '../../components/Rename';
import { lastColumns } from '../../components/columns';
import { CreateVpc } from './CreateVpc';

export function VpcsPage() {
  const vpcs = useVpcs();
  const subnets = useSubnets().data ?? [];
  const [open, setOpen] = useState<'create' | Vpc>();
  const close = () => setOpen(undefined);
  const subnetsOf = (id: string) => subnets.filter(({ vpcId }) => vpcId === id).length;
  const columns: Column<Vpc>[] = [
    { id: 'name', header: 'Name', essential: true, isRowHeader: true, sortingField: 'name', cell: ({ name }) => name },
    { id: 'cidr', header: 'CIDR', essential: true, sortingField: 'cidr', width: 150, cell: ({ cidr }) => cidr },
    { id: 'subnets', header: 'Subnets', cell: ({ id }) => subnetsOf(id) },
    ...lastColumns<Vpc>(),
  ];
  return (
    <>
      <InventoryTable
        title="VPCs"
        singular="VPC"
        description="Private networks of your own; subnets are cut from them."
        columns={columns}
        list={vpcs}
        remove={(id) => answer(api.DELETE('/v1/vpcs/{id}', { params: { path: { id } } }))}
        doomed={(vpc) => ({
          id: vpc.id,
          name: vpc.name,
          detail: vpc.cidr,
          warning: subnetsOf(vpc.id) > 0 ? `Its ${subnetsOf(vpc.id)} subnets must be deleted before` : undefined,
        })}
        empty="No VPCs yet"
        onCreate={() => setOpen('create')}
        onEdit={setOpen}
      />
      {open === 'create' && <CreateVpc onClose={close} />}
      {typeof open === 'object' && (
        <Rename
          kind="VPC"
          name={open.name}
          save={(name) => answer(api.PATCH('/v1/vpcs/{id}', { params: ifMatch(open), body: { name } }))}
          onClose={close}
        />
      )}
    </>
  );
}
