import { useState } from 'react';
import { api, answer, type Webhook } from '../../api/client';
import { FormModal } from '../../components/FormModal';
import { WEBHOOK_FIELDS, WebhookFields, type WebhookDraft } from './WebhookFields';

interface Props {
  /** With its secret, which is never shown again. */
  onMade: (webhook: Webhook) => void;
  onClose: () => void;
}

export function CreateWebhook({ onMade, onClose }: Props) {
  const [draft, setDraft] = useState<WebhookDraft>({ name: '', url: '', kinds: [] });
  return (
    <FormModal
      title="Create webhook"
      submitText="Create"
      fields={WEBHOOK_FIELDS}
      saved={`Webhook ${draft.name} is created`}
      save={() => answer(api.POST('/v1/webhooks', { body: draft })).then(onMade)}
      onClose={onClose}
    >
      {(errors) => <WebhookFields draft={draft} errors={errors} onChange={setDraft} />}
    </FormModal>
  );
}
