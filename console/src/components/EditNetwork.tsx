import { useState, type ReactNode } from 'react';
import type { Enforcement, Network } from '../api/client';
import { EnforcementField } from './EnforcementField';
import { FormModal } from './FormModal';
import { POLICY_FIELDS, PolicyFields, policyChanges, policyOf } from './PolicyFields';
import { TextField } from './TextField';

interface Props {
  kind: string;
  network: Network;
  save: (changes: { name: string; enforcement?: Enforcement } & ReturnType<typeof policyChanges>) => Promise<unknown>;
  onClose: () => void;
  /** Names of further fields, as the API has them. */
  moreFields?: readonly string[];
  /** The further fields. */
  more?: (errors: Record<string, string>) => ReactNode;
}

/** Changes what can change of every network: its name, whether it enforces, and its policy. */
export function EditNetwork({ kind, network, save, onClose, moreFields = [], more }: Props) {
  const [name, setName] = useState(network.name);
  const [enforcement, setEnforcement] = useState(network.enforcement);
  const [policy, setPolicy] = useState(policyOf(network));
  return (
    <FormModal
      title={`Edit ${kind} ${network.name}`}
      submitText="Save"
      fields={['name', 'enforcement', ...POLICY_FIELDS, ...moreFields]}
      saved={`${kind} ${name} is saved`}
      save={() =>
        save({
          name,
          ...(enforcement !== network.enforcement && { enforcement }),
          ...policyChanges(policyOf(network), policy),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <EnforcementField
            value={enforcement}
            error={errors['enforcement']}
            onChange={(chosen) => setEnforcement(chosen ?? enforcement)}
          />
          <PolicyFields
            draft={policy}
            errors={errors}
            isJoined={
              !('vpcId' in network) || network.uplink !== undefined || network.logicalSwitch !== undefined
            }
            hasUplink={network.uplink !== undefined}
            onChange={setPolicy}
          />
          {more?.(errors)}
        </>
      )}
    </FormModal>
  );
}
