import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { useIsNarrow } from '../layout/useIsNarrow';
import { LiveSign } from '../live/LiveSign';

export interface Column<T> extends TableProps.ColumnDefinition<T> {
  id: string;
  /** Whether it is shown on a narrow screen too. */
  essential?: boolean;
}

export interface ListTableProps<T> {
  title: string;
  description?: string;
  /** How many there are, when that is known. */
  total: number | undefined;
  columns: Column<T>[];
  items: readonly T[];
  nameOf: (item: T) => string;
  loading: boolean;
  error: Error | null;
  actions: ReactNode;
  empty: ReactNode;
  filter?: ReactNode;
  pagination?: ReactNode;
  /** Those of them that are selected, the same objects; others may be among them. */
  selected: readonly T[];
  onSelect: (items: T[]) => void;
  sorting?: Pick<TableProps<T>, 'sortingColumn' | 'sortingDescending' | 'onSortingChange'>;
}

/** A list of resources, with what one does with those that are selected. */
export function ListTable<T extends { id: string }>(props: ListTableProps<T>) {
  const { title, total, selected } = props;
  const isNarrow = useIsNarrow();
  const counter = total === undefined ? undefined : `(${selected.length > 0 ? `${selected.length}/` : ''}${total})`;
  return (
    <SpaceBetween size="s">
      <title>{`${title} – HAVIP`}</title>
      {props.error && (
        <Alert type="error" header={`The ${title} cannot be shown`}>
          {props.error.message}
        </Alert>
      )}
      <Table
        variant="full-page"
        stickyHeader
        resizableColumns
        // No trackBy: the next page's items take over the rows, which costs half of making new ones.
        columnDefinitions={props.columns}
        columnDisplay={props.columns.map(({ id, essential }) => ({ id, visible: !isNarrow || essential === true }))}
        items={props.items}
        loading={props.loading}
        loadingText={`Loading ${title}`}
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => props.onSelect(detail.selectedItems)}
        ariaLabels={{
          tableLabel: title,
          selectionGroupLabel: `Selection of ${title}`,
          allItemsSelectionLabel: () => `Select all ${title} of this page`,
          itemSelectionLabel: (_, item) => `Select ${props.nameOf(item)}`,
        }}
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={counter}
            description={props.description}
            info={<LiveSign />}
            actions={props.actions}
          >
            {title}
          </Header>
        }
        filter={props.filter}
        pagination={props.pagination}
        empty={
          <Box textAlign="center" padding={{ vertical: 'l' }} color="inherit">
            {props.empty}
          </Box>
        }
        {...props.sorting}
      />
    </SpaceBetween>
  );
}
