import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import type { EventKind } from '../../api/client';
import { eventKindValues } from '../../api/schema.gen';
import { TextField } from '../../components/TextField';

export interface WebhookDraft {
  name: string;
  url: string;
  kinds: EventKind[];
}

export const WEBHOOK_FIELDS = ['name', 'url', 'kinds'] as const;

const OPTIONS = eventKindValues.map((value) => ({ value, label: kindName(value) }));

export function kindName(kind: EventKind): string {
  return kind.replaceAll('_', ' ');
}

interface Props {
  draft: WebhookDraft;
  errors: Record<string, string>;
  onChange: (draft: WebhookDraft) => void;
}

export function WebhookFields({ draft, errors, onChange }: Props) {
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        error={errors['name']}
        autoFocus
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        label="URL"
        value={draft.url}
        error={errors['url']}
        placeholder="https://alerts.example.org/havip"
        onChange={(url) => onChange({ ...draft, url: url.trim() })}
      />
      <FormField label="What it is told" errorText={errors['kinds']} constraintText="Everything, if nothing is chosen">
        <Multiselect
          selectedOptions={OPTIONS.filter(({ value }) => draft.kinds.includes(value))}
          options={OPTIONS}
          placeholder="Everything"
          filteringType="auto"
          onChange={({ detail }) =>
            onChange({ ...draft, kinds: detail.selectedOptions.map(({ value }) => value as EventKind) })
          }
        />
      </FormField>
    </>
  );
}
