import { useState } from 'react';
import { api, answer } from '../../api/client';
import { FormModal } from '../../components/FormModal';
import { EMPTY_NETWORK, NETWORK_FIELDS, NetworkFields, toNewNetwork } from '../../components/NetworkFields';

export function CreateExternalNetwork({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState(EMPTY_NETWORK);
  const { name, gateway } = draft;
  return (
    <FormModal
      title="Create external network"
      submitText="Create"
      fields={NETWORK_FIELDS}
      saved={`External network ${name} is created`}
      save={() =>
        answer(api.POST('/v1/external-networks', { body: { ...toNewNetwork(draft), gateway } }))
      }
      onClose={onClose}
    >
      {(errors) => <NetworkFields draft={draft} errors={errors} onChange={setDraft} isExternal />}
    </FormModal>
  );
}
