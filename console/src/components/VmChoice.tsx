import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { Vm } from '../api/client';
import { useIsNarrow } from '../layout/useIsNarrow';
import { useLimits } from '../session/SessionGate';

interface Props {
  /** The VMs of the VIP's VPC. */
  vms: Vm[];
  networkId: string;
  /** Whether a VM needs a NIC on the network; for an external VIP it gets one. */
  needsNic: boolean;
  chosen: string[];
  /** Those that are bound to the VIP already: it counts as one of their five. */
  bound: string[];
  onChange: (vmIds: string[]) => void;
}

const PAGE_SIZE = 10;
const COLUMNS = ['name', 'address', 'vips', 'obstacle'];

/** Chooses as many VMs as a VIP may have; those that cannot be chosen are shown with the reason. */
export function VmChoice({ vms, networkId, needsNic, chosen, bound, onChange }: Props) {
  const { vmsPerVip, vipsPerVm } = useLimits();
  const isNarrow = useIsNarrow();
  const { items, collectionProps, filterProps, paginationProps } = useCollection(vms, {
    filtering: {
      empty: <Box>This VPC has no VM. You can bind VMs later.</Box>,
      noMatch: <Box>No VM matches</Box>,
    },
    pagination: { pageSize: PAGE_SIZE },
    sorting: {},
  });

  function obstacle(vm: Vm): string | undefined {
    if (chosen.includes(vm.id)) {
      return undefined;
    }
    if (vm.vipCount >= vipsPerVm && !bound.includes(vm.id)) {
      return `At its limit of ${vipsPerVm} VIPs`;
    }
    if (needsNic && vm.nics.every((nic) => nic.networkId !== networkId)) {
      return 'No NIC on this network';
    }
    return chosen.length >= vmsPerVip ? `${vmsPerVip} VMs are chosen` : undefined;
  }

  return (
    <Table
      {...collectionProps}
      variant="container"
      trackBy="id"
      selectionType="multi"
      items={items}
      selectedItems={vms.filter(({ id }) => chosen.includes(id))}
      isItemDisabled={(vm) => obstacle(vm) !== undefined}
      onSelectionChange={({ detail }) => onChange(detail.selectedItems.slice(0, vmsPerVip).map(({ id }) => id))}
      ariaLabels={{
        tableLabel: 'VMs',
        selectionGroupLabel: 'VMs to bind',
        allItemsSelectionLabel: () => 'Select all VMs',
        itemSelectionLabel: (_, vm) => `Bind ${vm.name}`,
      }}
      header={
        <Header
          variant="h2"
          counter={`(${chosen.length} of ${vmsPerVip})`}
          description="They may claim the address and elect its holder among themselves."
        >
          Associated VMs
        </Header>
      }
      filter={<TextFilter {...filterProps} filteringPlaceholder="Find VMs" filteringAriaLabel="Find VMs" />}
      pagination={vms.length > PAGE_SIZE && <Pagination {...paginationProps} />}
      columnDisplay={COLUMNS.map((id) => ({ id, visible: id !== 'obstacle' || !isNarrow }))}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          cell: (vm) => (
            <>
              {vm.name}
              {isNarrow && obstacle(vm) && <Box color="text-body-secondary">{obstacle(vm)}</Box>}
            </>
          ),
          sortingField: 'name',
          isRowHeader: true,
        },
        {
          id: 'address',
          header: 'Address',
          cell: (vm) => vm.nics.find((nic) => nic.networkId === networkId)?.address ?? '–',
        },
        { id: 'vips', header: 'VIPs', cell: (vm) => `${vm.vipCount} of ${vipsPerVm}`, sortingField: 'vipCount' },
        {
          id: 'obstacle',
          header: 'Can be bound',
          cell: (vm) => {
            const reason = obstacle(vm);
            return reason === undefined ? (
              <StatusIndicator type="success">Yes</StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">{reason}</StatusIndicator>
            );
          },
        },
      ]}
    />
  );
}
