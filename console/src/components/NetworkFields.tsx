import type { Enforcement } from '../api/client';
import { useSession } from '../session/SessionGate';
import { EnforcementField } from './EnforcementField';
import { DEFAULT_POLICY, newPolicy, POLICY_FIELDS, PolicyFields, type PolicyDraft } from './PolicyFields';
import { separated } from './separated';
import { TextField } from './TextField';

export interface NetworkDraft {
  name: string;
  cidr: string;
  gateway: string;
  reserved: string;
  uplink: string;
  logicalSwitch: string;
  enforcement: Enforcement | undefined;
  policy: PolicyDraft;
}

export const EMPTY_NETWORK: NetworkDraft = {
  name: '',
  cidr: '',
  gateway: '',
  reserved: '',
  uplink: '',
  logicalSwitch: '',
  enforcement: undefined,
  policy: DEFAULT_POLICY,
};
export const NETWORK_FIELDS = [
  'name',
  'cidr',
  'gateway',
  'reserved',
  'uplink',
  'logicalSwitch',
  'enforcement',
  ...POLICY_FIELDS,
] as const;

/** As the API wants them; what is left out HAVIP decides. */
export function toNewNetwork({ name, cidr, reserved, uplink, logicalSwitch, enforcement, policy }: NetworkDraft) {
  return {
    name,
    cidr,
    reserved: separated(reserved),
    ...(uplink.trim() && { uplink: uplink.trim() }),
    ...(logicalSwitch.trim() && { logicalSwitch: logicalSwitch.trim() }),
    ...(enforcement && { enforcement }),
    ...newPolicy(policy),
  };
}

interface Props {
  draft: NetworkDraft;
  errors: Record<string, string>;
  onChange: (draft: NetworkDraft) => void;
  isExternal?: boolean;
}

/** What subnets and external networks have in common. */
export function NetworkFields({ draft, errors, onChange, isExternal = false }: Props) {
  const isAdmin = useSession().session.role === 'admin';
  const field = (name: Exclude<keyof NetworkDraft, 'enforcement' | 'policy'>) => ({
    value: draft[name],
    error: errors[name],
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <>
      <TextField label="Name" autoFocus {...field('name')} />
      <TextField label="CIDR" placeholder="10.77.1.0/24" {...field('cidr')} />
      <TextField label="Gateway" placeholder="10.77.1.1" optional={!isExternal} {...field('gateway')} />
      <TextField
        label="Reserved addresses"
        description="Addresses or ranges that nobody gets."
        placeholder="10.77.1.2-10.77.1.9"
        optional
        {...field('reserved')}
      />
      {isAdmin && (
        <>
          <TextField
            label="Uplink"
            description="The host's interface or bridge that joins it to what is outside."
            placeholder="eth1"
            optional
            {...field('uplink')}
          />
          <TextField
            label="Logical switch"
            description="With Open Virtual Network: a switch of somebody else's that is the network."
            placeholder="ls0"
            optional
            {...field('logicalSwitch')}
          />
          <EnforcementField
            value={draft.enforcement}
            error={errors['enforcement']}
            hasDefault
            onChange={(enforcement) => onChange({ ...draft, enforcement })}
          />
        </>
      )}
      <PolicyFields
        draft={draft.policy}
        errors={errors}
        isJoined={isExternal || draft.uplink.trim() !== '' || draft.logicalSwitch.trim() !== ''}
        hasUplink={draft.uplink.trim() !== ''}
        onChange={(policy) => onChange({ ...draft, policy })}
      />
    </>
  );
}
