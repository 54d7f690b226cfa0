import Badge from '@cloudscape-design/components/badge';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Vip } from '../api/client';
import { OnHover } from './OnHover';

const LOOK: Record<Vip['state'], { type: StatusIndicatorProps.Type; text: string }> = {
  creating: { type: 'in-progress', text: 'Creating' },
  updating: { type: 'in-progress', text: 'Updating' },
  deleting: { type: 'in-progress', text: 'Deleting' },
  available: { type: 'success', text: 'Available' },
  failed: { type: 'error', text: 'Failed' },
};

/** A VIP's state, with the reason of a failure for who points at it. */
export function VipStatus({ vip }: { vip: Vip }) {
  const { type, text } = LOOK[vip.state];
  const status = <StatusIndicator type={type}>{text}</StatusIndicator>;
  return (
    <>
      {vip.reason ? <OnHover more={vip.reason.message}>{status}</OnHover> : status}{' '}
      {isSplit(vip) && <Badge color="red">Split</Badge>}
    </>
  );
}

/** Whether several VMs are known to use the VIP at once. */
export function isSplit(vip: Vip): boolean {
  return vip.split === true;
}

export const STATE_OPTIONS = Object.entries(LOOK).map(([value, { text }]) => ({ value, label: text }));

/** A VM by the name that the VIP's bindings know it by. */
export function vmName(vip: Vip, vmId: string): string {
  return vip.bindings.find((binding) => binding.vmId === vmId)?.vmName ?? vmId;
}
