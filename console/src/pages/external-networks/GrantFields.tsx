import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';

/** Which accounts may use an external network, as it is typed. */
export interface Grants {
  shared: boolean;
  /** A name a line. */
  accounts: string;
}

export const GRANT_FIELDS = ['shared', 'accounts'] as const;

/** The names, in their order. */
export function accountNames({ accounts }: Grants): string[] {
  return accounts
    .split('\n')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

interface Props {
  grants: Grants;
  errors: Record<string, string>;
  /** What no name means. */
  none: string;
  onChange: (grants: Grants) => void;
}

export function GrantFields({ grants, errors, none, onChange }: Props) {
  return (
    <>
      <FormField label="Accounts that may use it" errorText={errors['shared']}>
        <Toggle checked={grants.shared} onChange={({ detail }) => onChange({ ...grants, shared: detail.checked })}>
          Every account
        </Toggle>
      </FormField>
      {!grants.shared && (
        <FormField
          label={
            <>
              Accounts <i>(optional)</i>
            </>
          }
          description={`One name a line. ${none}`}
          errorText={errors['accounts']}
        >
          <Textarea
            value={grants.accounts}
            rows={3}
            placeholder="team-a"
            onChange={({ detail }) => onChange({ ...grants, accounts: detail.value })}
          />
        </FormField>
      )}
    </>
  );
}
