import { useState, type ReactNode } from 'react';
import type { Enforcement, Network } from '../api/client';
import { EnforcementField } from './EnforcementField';
import { FormModal } from './FormModal';
import { TextField } from './TextField';

interface Props {
  kind: string;
  network: Network;
  save: (changes: { name: string; enforcement?: Enforcement }) => Promise<unknown>;
  onClose: () => void;
  /** Names of further fields, as the API has them. */
  moreFields?: readonly string[];
  /** The further fields. */
  more?: (errors: Record<string, string>) => ReactNode;
}

/** Changes what can change of every network: its name, and whether it enforces. */
export function EditNetwork({ kind, network, save, onClose, moreFields = [], more }: Props) {
  const [name, setName] = useState(network.name);
  const [enforcement, setEnforcement] = useState(network.enforcement);
  return (
    <FormModal
      title={`Edit ${kind} ${network.name}`}
      submitText="Save"
      fields={['name', 'enforcement', ...moreFields]}
      saved={`${kind} ${name} is saved`}
      save={() => save({ name, ...(enforcement !== network.enforcement && { enforcement }) })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <EnforcementField
            value={enforcement}
            error={errors['enforcement']}
            onChange={(chosen) => setEnforcement(chosen ?? enforcement)}
          />
          {more?.(errors)}
        </>
      )}
    </FormModal>
  );
}
