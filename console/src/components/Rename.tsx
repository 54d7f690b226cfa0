import { useState } from 'react';
import { FormModal } from './FormModal';
import { TextField } from './TextField';

interface Props {
  kind: string;
  name: string;
  save: (name: string) => Promise<unknown>;
  onClose: () => void;
}

/** Changes the name, which is all of a VPC or network that can change. */
export function Rename({ kind, name: old, save, onClose }: Props) {
  const [name, setName] = useState(old);
  return (
    <FormModal
      title={`Edit ${kind} ${old}`}
      submitText="Save"
      fields={['name']}
      saved={`${kind} ${name} is saved`}
      save={() => save(name)}
      onClose={onClose}
    >
      {(errors) => <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />}
    </FormModal>
  );
}
