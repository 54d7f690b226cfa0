import { useState } from 'react';
import { api, answer } from '../../api/client';
import { FormModal } from '../../components/FormModal';
import { EMPTY_NETWORK, NETWORK_FIELDS, NetworkFields, toNewNetwork } from '../../components/NetworkFields';
import { accountNames, GRANT_FIELDS, GrantFields, type Grants } from './GrantFields';

export function CreateExternalNetwork({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState(EMPTY_NETWORK);
  const [grants, setGrants] = useState<Grants>({ shared: false, accounts: '' });
  const { name, gateway } = draft;
  const accounts = accountNames(grants);
  return (
    <FormModal
      title="Create external network"
      submitText="Create"
      fields={[...NETWORK_FIELDS, ...GRANT_FIELDS]}
      saved={`External network ${name} is created`}
      save={() =>
        answer(
          api.POST('/v1/external-networks', {
            body: {
              ...toNewNetwork(draft),
              gateway,
              shared: grants.shared,
              ...(accounts.length > 0 && { accounts }),
            },
          }),
        )
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <NetworkFields draft={draft} errors={errors} onChange={setDraft} isExternal />
          <GrantFields grants={grants} errors={errors} none="Without any, your own account may." onChange={setGrants} />
        </>
      )}
    </FormModal>
  );
}
