import type { Network } from '../api/client';
import { EnforcementSign } from './EnforcementField';
import type { Column } from './ListTable';
import { lastColumns } from './columns';
import { PolicySummary } from './PolicyFields';

/** What subnets and external networks both show. */
export function networkColumns<T extends Network>(): Column<T>[] {
  return [
    { id: 'name', header: 'Name', essential: true, isRowHeader: true, sortingField: 'name', cell: ({ name }) => name },
    { id: 'cidr', header: 'CIDR', essential: true, sortingField: 'cidr', width: 150, cell: ({ cidr }) => cidr },
    { id: 'gateway', header: 'Gateway', essential: true, cell: ({ gateway }) => gateway ?? '–' },
    { id: 'enforcement', header: 'Enforcement', width: 170, cell: (network) => <EnforcementSign {...network} /> },
    { id: 'uplink', header: 'Uplink', cell: ({ uplink }) => uplink ?? '–' },
    { id: 'logicalSwitch', header: 'Logical switch', cell: ({ logicalSwitch }) => logicalSwitch ?? '–' },
    { id: 'reserved', header: 'Reserved', cell: ({ reserved }) => reserved.join(', ') || '–' },
    { id: 'policy', header: 'Policy', cell: (network) => <PolicySummary network={network} /> },
    ...lastColumns<T>(),
  ];
}
