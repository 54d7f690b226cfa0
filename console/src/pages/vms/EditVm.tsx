import FormField from '@cloudscape-design/components/form-field';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useState } from 'react';
import { api, answer, type Vm } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { FormModal } from '../../components/FormModal';
import { Risks } from '../../components/Risks';
import { TextField } from '../../components/TextField';

export function EditVm({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const [name, setName] = useState(vm.name);
  const [state, setState] = useState(vm.state ?? 'running');
  return (
    <FormModal
      title={`Edit VM ${vm.name}`}
      submitText="Save"
      fields={['name', 'state']}
      saved={`VM ${name} is saved`}
      save={() => answer(api.PATCH('/v1/vms/{id}', { params: ifMatch(vm), body: { name, state } }))}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <FormField label="State" errorText={errors['state']} description="What whoever runs the VM knows of it.">
            <SegmentedControl
              label="State"
              selectedId={state}
              options={[
                { id: 'running', text: 'Running' },
                { id: 'stopped', text: 'Stopped' },
              ]}
              onChange={({ detail }) => setState(detail.selectedId as 'running' | 'stopped')}
            />
          </FormField>
          {state === 'stopped' && <Risks ids={[vm.id]} tryOut={tryOutStop} />}
        </>
      )}
    </FormModal>
  );
}

function tryOutStop(id: string) {
  const params = { path: { id }, query: { dryRun: true } };
  return answer(api.PATCH('/v1/vms/{id}', { params, body: { state: 'stopped' } }));
}
