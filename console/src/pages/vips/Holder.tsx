import Box from '@cloudscape-design/components/box';
import type { Vip } from '../../api/client';
import { vmName } from '../../components/VipStatus';

/** Who uses the VIP now. */
export function Holder({ vip }: { vip: Vip }) {
  if (vip.holders.length === 0) {
    return <Box color="text-status-inactive">Nobody</Box>;
  }
  return <strong>{vip.holders.map(({ vmId }) => vmName(vip, vmId)).join(', ')}</strong>;
}
