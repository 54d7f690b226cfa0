import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { api, answer, type Webhook } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { FormModal } from '../../components/FormModal';
import { WEBHOOK_FIELDS, WebhookFields, type WebhookDraft } from './WebhookFields';

export function EditWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const [draft, setDraft] = useState<WebhookDraft>({ name: webhook.name, url: webhook.url, kinds: webhook.kinds });
  const [enabled, setEnabled] = useState(webhook.enabled);
  return (
    <FormModal
      title={`Edit webhook ${webhook.name}`}
      submitText="Save"
      fields={WEBHOOK_FIELDS}
      saved={`Webhook ${draft.name} is saved`}
      save={() => answer(api.PATCH('/v1/webhooks/{id}', { params: ifMatch(webhook), body: { ...draft, enabled } }))}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <WebhookFields draft={draft} errors={errors} onChange={setDraft} />
          <Toggle checked={enabled} onChange={({ detail }) => setEnabled(detail.checked)}>
            Call it
          </Toggle>
        </>
      )}
    </FormModal>
  );
}
