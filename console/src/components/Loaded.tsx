import Alert from '@cloudscape-design/components/alert';
import Spinner from '@cloudscape-design/components/spinner';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

interface Props<T> {
  query: UseQueryResult<T>;
  what: string;
  children: (data: T) => ReactNode;
}

/** Shows what was asked for, or why it cannot; what is already known stays when asking again fails. */
export function Loaded<T>({ query, what, children }: Props<T>) {
  if (query.data !== undefined) {
    return children(query.data);
  }
  return query.error ? (
    <Alert type="error" header={`The ${what} cannot be shown`}>
      {query.error.message}
    </Alert>
  ) : (
    <Spinner size="large" />
  );
}
