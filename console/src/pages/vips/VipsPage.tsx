import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Vip } from '../../api/client';
import { useNetworksById } from '../../api/inventory';
import { useVipPage } from '../../api/vips';
import { ListTable } from '../../components/ListTable';
import { useIsNarrow } from '../../layout/useIsNarrow';
import { DeleteVips } from '../vip/DeleteVips';
import { EditVip } from '../vip/EditVip';
import { EmptyVips } from './EmptyVips';
import { useExport } from './useExport';
import { VipFilters } from './VipFilters';
import { vipColumns } from './vipColumns';
import { useVipFilter } from './vipFilter';

const PAGE_SIZE = 20;

/** All VIPs of the account; searched, sorted and paged by the server. */
export function VipsPage() {
  const navigate = useNavigate();
  const networks = useNetworksById();
  const { filter, isFiltered, setFilter, clear } = useVipFilter();
  const [paging, setPaging] = useState<{ of: string; cursors: (string | undefined)[]; index: number }>(FIRST_PAGE);
  const [selected, setSelected] = useState<Vip[]>([]);
  const [editing, setEditing] = useState<Vip>();
  const [isDeleting, setDeleting] = useState(false);
  const download = useExport(filter);

  // A cursor belongs to one filter and order; with another the list begins anew.
  const of = JSON.stringify(filter);
  const { cursors, index } = paging.of === of ? paging : FIRST_PAGE;
  const page = useVipPage(filter, PAGE_SIZE, cursors[index]);
  const next = page.data?.nextCursor;
  const items = page.data?.items ?? [];
  const chosen = selected.map((vip) => items.find(({ id }) => id === vip.id) ?? vip);
  const columns = vipColumns(networks, useIsNarrow(), setEditing);
  const sortedBy = filter.sort?.replace('-', '');

  function show(wanted: number): void {
    const known = wanted < cursors.length ? cursors : [...cursors, next];
    setPaging({ of, cursors: known, index: Math.min(wanted, known.length - 1) });
  }

  return (
    <>
      <ListTable<Vip>
        title="VIPs"
        description="Floating addresses that up to three VMs share; the one that wins the election holds it."
        total={page.data?.total}
        columns={columns}
        items={items}
        nameOf={(vip) => vip.name}
        loading={page.isPending}
        error={page.error}
        selected={chosen}
        onSelect={setSelected}
        sorting={{
          sortingColumn: sortedBy === undefined ? undefined : { sortingField: sortedBy },
          sortingDescending: filter.sort?.startsWith('-') ?? false,
          onSortingChange: ({ detail }) =>
            setFilter({ sort: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField}` }),
        }}
        empty={<EmptyVips isFiltered={isFiltered} onClear={clear} />}
        filter={<VipFilters filter={filter} onChange={setFilter} isFiltered={isFiltered} onClear={clear} />}
        pagination={
          <Pagination
            currentPageIndex={index + 1}
            pagesCount={Math.max(1, cursors.length + (next !== undefined && index === cursors.length - 1 ? 1 : 0))}
            onChange={({ detail }) => show(detail.currentPageIndex - 1)}
          />
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={chosen.length === 0} onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <ButtonDropdown items={[{ id: 'csv', text: 'Export as CSV' }]} onItemClick={download}>
              Actions
            </ButtonDropdown>
            <Button variant="primary" onClick={() => void navigate('/vips/create')}>
              Create VIP
            </Button>
          </SpaceBetween>
        }
      />
      {editing && <EditVip vip={editing} onClose={() => setEditing(undefined)} />}
      {isDeleting && (
        <DeleteVips
          vips={chosen}
          onClose={() => {
            setDeleting(false);
            setSelected([]);
          }}
        />
      )}
    </>
  );
}

const FIRST_PAGE = { of: '', cursors: [undefined], index: 0 };
