import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { DeleteModal, type Doomed } from './DeleteModal';
import { ListTable, type Column } from './ListTable';
import type { TryOut } from './Risks';
import { useRemoval } from './useRemoval';

interface Props<T> {
  /** Many and one of them, like VPCs and VPC. */
  title: string;
  singular: string;
  description: string;
  columns: Column<T>[];
  list: UseQueryResult<T[]>;
  /** Deletes the one with this id. */
  remove: (id: string) => Promise<unknown>;
  doomed: (item: T) => Doomed;
  tryOut?: TryOut;
  onCreate: () => void;
  onEdit: (item: T) => void;
  /** Why this caller may not change any, if so. */
  readOnly?: string | undefined;
  empty: ReactNode;
}

const PAGE_SIZE = 25;

/** All of one kind of resource: searched, sorted and paged in the browser. */
export function InventoryTable<T extends { id: string; name: string }>(props: Props<T>) {
  const { singular, list } = props;
  const [isDeleting, setDeleting] = useState(false);
  const removal = useRemoval(singular, props.remove);
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount, actions } = useCollection(
    list.data ?? [],
    {
      filtering: {
        empty: props.empty,
        noMatch: <Box>No match. Try other words.</Box>,
      },
      pagination: { pageSize: PAGE_SIZE },
      sorting: { defaultState: { sortingColumn: props.columns[0]! } },
      selection: { keepSelection: false, trackBy: 'id' },
    },
  );
  const selected = [...(collectionProps.selectedItems ?? [])];
  const only = selected.length === 1 ? selected[0] : undefined;
  return (
    <>
      <ListTable<T>
        title={props.title}
        description={props.readOnly ?? props.description}
        total={list.data?.length}
        columns={props.columns}
        items={items}
        nameOf={(item) => item.name}
        loading={list.isPending}
        error={list.error}
        selected={selected}
        onSelect={actions.setSelectedItems}
        sorting={{
          sortingColumn: collectionProps.sortingColumn,
          sortingDescending: collectionProps.sortingDescending,
          onSortingChange: collectionProps.onSortingChange,
        }}
        empty={collectionProps.empty}
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder={`Find ${props.title}`}
            filteringAriaLabel={`Find ${props.title}`}
            countText={filteredItemsCount === 1 ? '1 match' : `${filteredItemsCount} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={only === undefined || !!props.readOnly} onClick={() => only && props.onEdit(only)}>
              Edit
            </Button>
            <Button disabled={selected.length === 0 || !!props.readOnly} onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <Button variant="primary" disabled={!!props.readOnly} onClick={props.onCreate}>
              Create {singular}
            </Button>
          </SpaceBetween>
        }
      />
      {isDeleting && (
        <DeleteModal
          kind={singular}
          items={selected.map(props.doomed)}
          remove={removal}
          tryOut={props.tryOut}
          onClose={() => {
            setDeleting(false);
            actions.setSelectedItems([]);
          }}
        />
      )}
    </>
  );
}
