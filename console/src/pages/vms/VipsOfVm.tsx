import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { Vm } from '../../api/client';
import { useVipPage } from '../../api/vips';
import { AppLink } from '../../components/AppLink';
import { VipStatus } from '../../components/VipStatus';
import { useLimits } from '../../session/SessionGate';

export function VipsOfVm({ vm }: { vm: Vm }) {
  const { vipsPerVm } = useLimits();
  const page = useVipPage({ vmId: vm.id }, vipsPerVm, undefined);
  return (
    <Table
      items={page.data?.items ?? []}
      loading={page.isPending}
      trackBy="id"
      ariaLabels={{ tableLabel: 'VIPs of this VM' }}
      header={
        <Header variant="h2" counter={`(${vm.vipCount} of ${vipsPerVm})`}>
          VIPs
        </Header>
      }
      empty="It is bound to no VIP"
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          cell: ({ id, name }) => <AppLink href={`/vips/${id}`}>{name}</AppLink>,
          isRowHeader: true,
        },
        { id: 'address', header: 'Address', cell: ({ address }) => address },
        { id: 'state', header: 'State', cell: (vip) => <VipStatus vip={vip} /> },
        {
          id: 'holds',
          header: 'Holds it now',
          cell: (vip) => (vip.holders.some(({ vmId }) => vmId === vm.id) ? 'Yes' : 'No'),
        },
      ]}
    />
  );
}
