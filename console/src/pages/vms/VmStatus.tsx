import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Vm } from '../../api/client';

export function VmStatus({ vm }: { vm: Vm }) {
  return vm.state === 'stopped' ? (
    <StatusIndicator type="stopped">Stopped</StatusIndicator>
  ) : (
    <StatusIndicator type="success">Running</StatusIndicator>
  );
}
