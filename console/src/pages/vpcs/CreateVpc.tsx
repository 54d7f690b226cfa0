import { useState } from 'react';
import { api, answer } from '../../api/client';
import { FormModal } from '../../components/FormModal';
import { TextField } from '../../components/TextField';

export function CreateVpc({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [cidr, setCidr] = useState('');
  return (
    <FormModal
      title="Create VPC"
      submitText="Create"
      fields={['name', 'cidr']}
      saved={`VPC ${name} is created`}
      save={() => answer(api.POST('/v1/vpcs', { body: { name, cidr } }))}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <TextField label="CIDR" value={cidr} onChange={setCidr} error={errors['cidr']} placeholder="10.77.0.0/16" />
        </>
      )}
    </FormModal>
  );
}
