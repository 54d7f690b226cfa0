import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  description?: string;
  constraint?: string;
  placeholder?: string;
  optional?: boolean;
  autoFocus?: boolean;
  numeric?: boolean;
}

export function TextField({
  label,
  value,
  onChange,
  error,
  description,
  constraint,
  placeholder,
  optional,
  autoFocus,
  numeric = false,
}: Props) {
  return (
    <FormField
      label={
        optional ? (
          <>
            {label} <i>(optional)</i>
          </>
        ) : (
          label
        )
      }
      description={description}
      constraintText={constraint}
      errorText={error}
    >
      <Input
        value={value}
        placeholder={placeholder}
        autoFocus={autoFocus}
        type={numeric ? 'number' : 'text'}
        ariaRequired={!optional}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
