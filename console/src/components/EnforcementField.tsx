import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Enforcement } from '../api/client';

const OPTIONS: (SelectProps.Option & { value: Enforcement })[] = [
  { value: 'enforce', label: 'Enforce', description: 'What a NIC may not send is dropped.' },
  { value: 'observe', label: 'Observe', description: 'It passes, and is only told of.' },
];
const DEFAULT = {
  value: '',
  label: 'As usual',
  description: 'With an uplink or a logical switch the network observes at first; another enforces.',
};

interface Props {
  /** Nothing leaves it to the server, where that is offered. */
  value: Enforcement | undefined;
  error: string | undefined;
  hasDefault?: boolean;
  onChange: (value: Enforcement | undefined) => void;
}

/** Whether a network drops what NICs may not send. */
export function EnforcementField({ value, error, hasDefault = false, onChange }: Props) {
  const options = hasDefault ? [DEFAULT, ...OPTIONS] : OPTIONS;
  return (
    <FormField label="What NICs may not send" errorText={error}>
      <Select
        selectedOption={options.find((option) => option.value === (value ?? '')) ?? null}
        options={options}
        triggerVariant="option"
        onChange={({ detail }) => onChange(OPTIONS.find((option) => option.value === detail.selectedOption.value)?.value)}
      />
    </FormField>
  );
}

export function EnforcementSign({ enforcement }: { enforcement: Enforcement }) {
  switch (enforcement) {
    case 'enforce':
      return <StatusIndicator type="success">Enforces</StatusIndicator>;
    case 'observe':
      return <StatusIndicator type="warning">Observes only</StatusIndicator>;
  }
}
