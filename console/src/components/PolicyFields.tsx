import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { Network, OtherTraffic } from '../api/client';
import { useSession } from '../session/SessionGate';
import { separated } from './separated';
import { TextField } from './TextField';

/** How a network's packets are judged beyond its addresses, as a form has it. */
export interface PolicyDraft {
  gatewayMac: string;
  reservedVrids: string;
  trustedPorts: string;
  judgesTrustedPorts: boolean;
  memberRanges: string;
  otherTraffic: OtherTraffic;
  ipsec: boolean;
}

/** A new network's, when nothing is said. */
export const DEFAULT_POLICY: PolicyDraft = {
  gatewayMac: '',
  reservedVrids: '',
  trustedPorts: '',
  judgesTrustedPorts: false,
  memberRanges: '',
  otherTraffic: 'drop',
  ipsec: true,
};
export const POLICY_FIELDS = Object.keys(DEFAULT_POLICY) as (keyof PolicyDraft)[];

const OTHER_TRAFFIC: (SelectProps.Option & { value: OtherTraffic })[] = [
  { value: 'drop', label: 'Drop', description: 'IPv6, VLAN tags and other protocols are dropped.' },
  { value: 'pass', label: 'Pass', description: 'They pass; IPv6 addresses are not protected.' },
];

export function policyOf(network: Network): PolicyDraft {
  return {
    gatewayMac: network.gatewayMac ?? '',
    reservedVrids: network.reservedVrids.join(', '),
    trustedPorts: network.trustedPorts.join(', '),
    judgesTrustedPorts: network.judgesTrustedPorts,
    memberRanges: network.memberRanges.join(', '),
    otherTraffic: network.otherTraffic,
    ipsec: network.ipsec,
  };
}

/** The settings that differ, as a merge patch of the network has them. */
export function policyChanges(from: PolicyDraft, to: PolicyDraft) {
  return {
    ...(to.gatewayMac.trim() !== from.gatewayMac && { gatewayMac: to.gatewayMac.trim() || null }),
    ...(to.reservedVrids !== from.reservedVrids && { reservedVrids: separated(to.reservedVrids).map(Number) }),
    ...(to.trustedPorts !== from.trustedPorts && { trustedPorts: separated(to.trustedPorts) }),
    ...(to.judgesTrustedPorts !== from.judgesTrustedPorts && { judgesTrustedPorts: to.judgesTrustedPorts }),
    ...(to.memberRanges !== from.memberRanges && { memberRanges: separated(to.memberRanges) }),
    ...(to.otherTraffic !== from.otherTraffic && { otherTraffic: to.otherTraffic }),
    ...(to.ipsec !== from.ipsec && { ipsec: to.ipsec }),
  };
}

/** The settings of a new network; the others get their defaults. */
export function newPolicy(draft: PolicyDraft) {
  const { gatewayMac, ...others } = policyChanges(DEFAULT_POLICY, draft);
  return { ...others, ...(gatewayMac && { gatewayMac }) };
}

/** The settings that are not the defaults, in a few words each. */
export function PolicySummary({ network }: { network: Network }) {
  const parts = [
    network.gatewayMac && `gateway is ${network.gatewayMac}`,
    network.reservedVrids.length > 0 && `VRIDs ${network.reservedVrids.join(', ')} reserved`,
    network.trustedPorts.length > 0 &&
      `${network.trustedPorts.join(', ')} trusted${network.judgesTrustedPorts ? ' and judged' : ''}`,
    network.memberRanges.length > 0 && `members get ${network.memberRanges.join(', ')}`,
    network.otherTraffic === 'pass' && 'other traffic passes',
    !network.ipsec && 'no IPsec',
  ].filter((part) => part);
  return <>{parts.join('; ') || '–'}</>;
}

interface Props {
  draft: PolicyDraft;
  errors: Record<string, string>;
  /** Whether it reaches hosts outside HAVIP: only administrators set its policy then. */
  isJoined: boolean;
  hasUplink: boolean;
  onChange: (draft: PolicyDraft) => void;
}

/** The settings that the user may change of a network's policy. */
export function PolicyFields({ draft, errors, isJoined, hasUplink, onChange }: Props) {
  const isAdmin = useSession().session.role === 'admin';
  const [isOpen, setOpen] = useState(false);
  if (isJoined && !isAdmin) {
    return <Box color="text-body-secondary">Only an administrator changes how packets are judged on this network.</Box>;
  }
  const field = (name: 'gatewayMac' | 'reservedVrids' | 'trustedPorts' | 'memberRanges') => ({
    value: draft[name],
    error: errors[name],
    optional: true,
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <ExpandableSection
      headerText="How packets are judged"
      expanded={isOpen || POLICY_FIELDS.some((name) => errors[name] !== undefined)}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <div className="form-modal-fields">
        <TextField
          label="Gateway's MAC address"
          description="No NIC may have it unless its VM is the gateway."
          placeholder="00:00:5e:00:01:07"
          {...field('gatewayMac')}
        />
        <TextField
          label="Reserved VRIDs"
          description="VRIDs of routers outside HAVIP. A VIP that has one gets another, and its VMs need new configurations."
          placeholder="7, 8"
          {...field('reservedVrids')}
        />
        {isAdmin && hasUplink && (
          <>
            <TextField
              label="Trusted ports"
              description="Where the uplink is a bridge: its ports that lead outside."
              placeholder="eth1, eth2"
              {...field('trustedPorts')}
            />
            <FormField errorText={errors['judgesTrustedPorts']}>
              <Checkbox
                checked={draft.judgesTrustedPorts}
                onChange={({ detail }) => onChange({ ...draft, judgesTrustedPorts: detail.checked })}
              >
                Judge frames from trusted ports
              </Checkbox>
            </FormField>
          </>
        )}
        {isAdmin && isJoined && (
          <TextField
            label="Members' addresses"
            description="What members get where the fabric cannot ask for an address on the wire."
            placeholder="203.0.113.100-203.0.113.199"
            {...field('memberRanges')}
          />
        )}
        {isAdmin && (
          <FormField label="Other traffic" errorText={errors['otherTraffic']}>
            <Select
              selectedOption={OTHER_TRAFFIC.find(({ value }) => value === draft.otherTraffic) ?? null}
              options={OTHER_TRAFFIC}
              triggerVariant="option"
              onChange={({ detail }) =>
                onChange({ ...draft, otherTraffic: detail.selectedOption.value === 'pass' ? 'pass' : 'drop' })
              }
            />
          </FormField>
        )}
        <FormField errorText={errors['ipsec']}>
          <Checkbox checked={draft.ipsec} onChange={({ detail }) => onChange({ ...draft, ipsec: detail.checked })}>
            VMs may exchange AH (IPsec)
          </Checkbox>
        </FormField>
      </div>
    </ExpandableSection>
  );
}
