import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { api, answer, type Vip } from '../../api/client';
import { FormModal } from '../../components/FormModal';
import { TextField } from '../../components/TextField';

/** Changes name and remark, in any state. */
export function EditVip({ vip, onClose }: { vip: Vip; onClose: () => void }) {
  const [name, setName] = useState(vip.name);
  const [remark, setRemark] = useState(vip.remark);
  return (
    <FormModal
      title={`Edit ${vip.name}`}
      submitText="Save"
      fields={['name', 'remark']}
      saved={`VIP ${name} is saved`}
      save={() =>
        answer(
          api.PATCH('/v1/vips/{id}', {
            params: { path: { id: vip.id }, header: { 'If-Match': `"v${vip.version}"` } },
            body: { name, remark },
          }),
        )
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <FormField label="Remark" constraintText="Up to 255 characters" errorText={errors['remark']}>
            <Textarea value={remark} rows={3} onChange={({ detail }) => setRemark(detail.value)} />
          </FormField>
        </>
      )}
    </FormModal>
  );
}
