import { useState } from 'react';
import { api, answer, type ExternalNetwork } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { EditNetwork } from '../../components/EditNetwork';
import { accountNames, GRANT_FIELDS, GrantFields, type Grants } from './GrantFields';

export function EditExternalNetwork({ network, onClose }: { network: ExternalNetwork; onClose: () => void }) {
  const before: Grants = { shared: network.shared, accounts: (network.accounts ?? []).join('\n') };
  const [grants, setGrants] = useState(before);
  const changes = {
    ...(grants.shared !== before.shared && { shared: grants.shared }),
    ...(grants.accounts !== before.accounts && { accounts: accountNames(grants) }),
  };
  return (
    <EditNetwork
      kind="external network"
      network={network}
      save={(body) =>
        answer(api.PATCH('/v1/external-networks/{id}', { params: ifMatch(network), body: { ...body, ...changes } }))
      }
      onClose={onClose}
      moreFields={GRANT_FIELDS}
      more={(errors) => (
        <GrantFields grants={grants} errors={errors} none="Without any, no account may." onChange={setGrants} />
      )}
    />
  );
}
