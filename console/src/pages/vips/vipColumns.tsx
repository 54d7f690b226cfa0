import Button from '@cloudscape-design/components/button';
import type { Network, Vip } from '../../api/client';
import { AppLink } from '../../components/AppLink';
import type { Column } from '../../components/ListTable';
import { lastColumns } from '../../components/columns';
import { VipStatus, vmName } from '../../components/VipStatus';
import { Holder } from './Holder';
import './vipColumns.css';

/** On a narrow screen the address stands below the name, and the holder below the state. */
export function vipColumns(
  networks: Map<string, Network>,
  isNarrow: boolean,
  onEdit: (vip: Vip) => void,
): Column<Vip>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      essential: true,
      isRowHeader: true,
      sortingField: 'name',
      minWidth: 150,
      width: isNarrow ? 150 : 200,
      cell: (vip) => (
        <>
          <div className="vip-name">
            <span className="vip-name-text">
              <AppLink href={`/vips/${vip.id}`}>{vip.name}</AppLink>
            </span>
            <Button
              variant="inline-icon"
              iconName="edit"
              ariaLabel={`Edit ${vip.name}`}
              onClick={() => onEdit(vip)}
            />
          </div>
          {isNarrow && <div>{vip.address}</div>}
        </>
      ),
    },
    {
      id: 'state',
      header: 'State',
      essential: true,
      sortingField: 'state',
      minWidth: 130,
      cell: (vip) => (
        <>
          <VipStatus vip={vip} />
          {isNarrow && (
            <div>
              <Holder vip={vip} />
            </div>
          )}
        </>
      ),
    },
    {
      id: 'address',
      header: 'Address',
      sortingField: 'address',
      minWidth: 130,
      cell: (vip) => vip.address,
    },
    {
      id: 'holder',
      header: 'Current holder',
      width: 165,
      minWidth: 140,
      cell: (vip) => <Holder vip={vip} />,
    },
    {
      id: 'vms',
      header: 'Bound VMs',
      minWidth: 160,
      cell: (vip) => vip.bindings.map((binding) => vmName(vip, binding.vmId)).join(', ') || '–',
    },
    { id: 'type', header: 'Type', minWidth: 100, cell: (vip) => (vip.type === 'internal' ? 'Internal' : 'External') },
    {
      id: 'network',
      header: 'Network',
      minWidth: 170,
      cell: (vip) => {
        const network = networks.get(vip.networkId);
        return network ? `${network.name} (${network.cidr})` : vip.networkId;
      },
    },
    ...lastColumns<Vip>(),
  ];
}
