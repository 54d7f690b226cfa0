import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formErrors } from '../api/formErrors';
import { useNotify } from '../layout/Notifications';
import './FormModal.css';

interface Props {
  title: string;
  submitText: string;
  /** Names of the fields, as the API has them. */
  fields: readonly string[];
  save: () => Promise<unknown>;
  /** What the user is told then. */
  saved: string;
  /** Whether it is known already that it would be refused. */
  isBlocked?: boolean;
  onClose: () => void;
  children: (errors: Record<string, string>) => ReactNode;
}

/** A form over the page; what the server refuses stands beside the field it is about. */
export function FormModal({ title, submitText, fields, save, saved, isBlocked, onClose, children }: Props) {
  const queries = useQueryClient();
  const notify = useNotify();
  const saving = useMutation({
    mutationFn: save,
    onSuccess: async () => {
      await queries.invalidateQueries();
      notify('success', saved);
      onClose();
    },
  });
  const errors = formErrors(saving.error, fields);
  return (
    <Modal visible header={title} onDismiss={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Form
          errorText={errors.form}
          actions={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button formAction="none" variant="link" onClick={onClose}>
                  Cancel
                </Button>
                <Button variant="primary" disabled={isBlocked} loading={saving.isPending}>
                  {submitText}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <div className="form-modal-fields">{children(errors.fields)}</div>
        </Form>
      </form>
    </Modal>
  );
}
