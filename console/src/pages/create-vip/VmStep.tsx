import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useVms } from '../../api/inventory';
import { VmChoice } from '../../components/VmChoice';
import type { StepProps } from './StepProps';

export function VmStep({ draft, errors, onChange }: StepProps) {
  const vms = (useVms().data ?? []).filter(({ vpcId }) => vpcId === draft.vpcId);
  return (
    <SpaceBetween size="m">
      {errors['vmIds'] && <Alert type="error">{errors['vmIds']}</Alert>}
      <VmChoice
        vms={vms}
        networkId={draft.networkId}
        needsNic={draft.type === 'internal'}
        chosen={draft.vmIds}
        bound={[]}
        onChange={(vmIds) => onChange({ vmIds })}
      />
    </SpaceBetween>
  );
}
