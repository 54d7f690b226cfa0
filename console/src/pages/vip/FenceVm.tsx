import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, answer, type Binding, type Vip } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { FormModal } from '../../components/FormModal';

const SPANS = [
  { value: '60', label: '1 minute' },
  { value: '600', label: '10 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
];
const END = { value: '0', label: 'End it now' };

/** Takes a VM's permission to use the VIP away for a while, or gives it back. */
export function FenceVm({ vip, binding, onClose }: { vip: Vip; binding: Binding; onClose: () => void }) {
  const { vmId, vmName, fencedUntil } = binding;
  const options = fencedUntil ? [END, ...SPANS] : SPANS;
  const [span, setSpan] = useState(options[0]!);
  return (
    <FormModal
      title={`Fence ${vmName}`}
      submitText={span === END ? 'End' : 'Fence'}
      fields={['seconds']}
      saved={span === END ? `${vmName} may use ${vip.name} again` : `${vmName} is fenced from ${vip.name}`}
      save={() =>
        answer(
          api.POST('/v1/vips/{id}/fence', { params: ifMatch(vip), body: { vmId, seconds: Number(span.value) } }),
        )
      }
      onClose={onClose}
    >
      {(errors) => (
        <FormField
          label="For how long"
          description="It stays bound, but may not use the VIP until then; another VM takes over."
          errorText={errors['seconds']}
        >
          <Select
            selectedOption={span}
            options={options}
            onChange={({ detail }) =>
              setSpan(options.find(({ value }) => value === detail.selectedOption.value) ?? span)
            }
          />
        </FormField>
      )}
    </FormModal>
  );
}
