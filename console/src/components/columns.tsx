import type { Column } from './ListTable';
import { Time } from './Time';

/** Columns that every list ends with. */
export function lastColumns<T extends { id: string; createdAt: string }>(): Column<T>[] {
  return [
    {
      id: 'created',
      header: 'Created',
      sortingField: 'createdAt',
      width: 190,
      minWidth: 120,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    { id: 'id', header: 'ID', width: 320, minWidth: 120, cell: ({ id }) => id },
  ];
}
