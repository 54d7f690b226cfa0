import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useMutation } from '@tanstack/react-query';
import { sentence } from '../api/formErrors';
import { useNotify } from '../layout/Notifications';
import { Risks, type TryOut } from './Risks';

/** What is to be deleted, and what the user should know before. */
export interface Doomed {
  id: string;
  name: string;
  /** Like the address of a VIP. */
  detail?: string | undefined;
  /** What stops working. */
  warning?: string | undefined;
}

/** What became of one of them; without a refusal it is gone or will be. */
export interface Removal {
  id: string;
  refusal?: string | undefined;
}

interface Props {
  kind: string;
  items: Doomed[];
  remove: (ids: string[]) => Promise<Removal[]>;
  tryOut?: TryOut | undefined;
  onClose: (deleted: boolean) => void;
}

/** Asks before it deletes, and says for each what became of it when one was refused. */
export function DeleteModal({ kind, items, remove, tryOut, onClose }: Props) {
  const notify = useNotify();
  const removing = useMutation({
    mutationFn: () => remove(items.map(({ id }) => id)),
    onSuccess: (results) => {
      if (results.every(({ refusal }) => refusal === undefined)) {
        notify(
          'success',
          items.length === 1 ? `${kind} ${items[0]!.name} is deleted` : `${items.length} ${kind}s are deleted`,
        );
        onClose(true);
      }
    },
  });
  const results = new Map(removing.data?.map((result) => [result.id, result]));
  const isDone = results.size > 0;
  const what = items.length === 1 ? `${kind} ${items[0]!.name}` : `${items.length} ${kind}s`;
  return (
    <Modal
      visible
      size="large"
      header={`Delete ${what}?`}
      onDismiss={() => onClose(isDone)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {isDone ? (
              <Button variant="primary" onClick={() => onClose(true)}>
                Close
              </Button>
            ) : (
              <>
                <Button variant="link" onClick={() => onClose(false)}>
                  Cancel
                </Button>
                <Button variant="primary" loading={removing.isPending} onClick={() => removing.mutate()}>
                  Delete
                </Button>
              </>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {removing.error && <Alert type="error">{removing.error.message}</Alert>}
        {tryOut && !isDone && <Risks ids={items.map(({ id }) => id)} tryOut={tryOut} />}
        {isDone && <Alert type="warning">Not everything was deleted. The refused ones are as they were.</Alert>}
        <Table
          variant="embedded"
          trackBy="id"
          wrapLines
          ariaLabels={{ tableLabel: `${kind}s to delete` }}
          items={items}
          columnDefinitions={[
            {
              id: 'name',
              header: 'Name',
              cell: ({ name, detail }) => (
                <>
                  <Box fontWeight="bold">{name}</Box>
                  <Box color="text-body-secondary">{detail}</Box>
                </>
              ),
              isRowHeader: true,
            },
            {
              id: 'consequence',
              header: isDone ? 'Result' : 'What this means',
              cell: (item) => (isDone ? <Result of={results.get(item.id)} /> : (item.warning ?? 'Nothing uses it')),
            },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}

function Result({ of }: { of: Removal | undefined }) {
  return of?.refusal === undefined ? (
    <StatusIndicator type="success">Deleted</StatusIndicator>
  ) : (
    <StatusIndicator type="error">{sentence(of.refusal)}</StatusIndicator>
  );
}
