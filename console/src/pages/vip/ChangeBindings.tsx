import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, answer, type Preview, type Vip } from '../../api/client';
import { formErrors } from '../../api/formErrors';
import { ifMatch } from '../../api/ifMatch';
import { useVms } from '../../api/inventory';
import { VmChoice } from '../../components/VmChoice';
import { useNotify } from '../../layout/Notifications';
import { BindingPreview } from './BindingPreview';

/** Adds, replaces or removes VMs; what would change is shown before. */
export function ChangeBindings({ vip, onClose }: { vip: Vip; onClose: () => void }) {
  const queries = useQueryClient();
  const notify = useNotify();
  const bound = vip.bindings.map(({ vmId }) => vmId);
  const [chosen, setChosen] = useState(bound);
  const vms = (useVms().data ?? []).filter(({ vpcId }) => vpcId === vip.vpcId);
  const isSame = chosen.length === bound.length && chosen.every((id) => bound.includes(id));

  const preview = useQuery({
    queryKey: ['preview', vip.id, vip.version, chosen],
    enabled: !isSame,
    gcTime: 0,
    queryFn: () =>
      answer(
        api.PUT('/v1/vips/{id}/bindings', {
          params: { path: { id: vip.id }, query: { dryRun: true } },
          body: { vmIds: chosen },
        }),
      ) as Promise<Preview>,
  });
  const saving = useMutation({
    mutationFn: () => answer(api.PUT('/v1/vips/{id}/bindings', { params: ifMatch(vip), body: { vmIds: chosen } })),
    onSuccess: async () => {
      await queries.invalidateQueries();
      notify('success', `The VMs of ${vip.name} are changed`);
      onClose();
    },
  });
  const { fields, form } = formErrors(saving.error ?? preview.error, ['vmIds', 'vmId']);
  const refusal = fields['vmIds'] ?? fields['vmId'] ?? form;

  return (
    <Modal
      visible
      size="large"
      header={`Change the VMs of ${vip.name}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={isSame || refusal !== undefined}
              loading={saving.isPending}
              onClick={() => saving.mutate()}
            >
              Confirm
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <VmChoice
          vms={vms}
          networkId={vip.networkId}
          needsNic={vip.type === 'internal'}
          chosen={chosen}
          bound={bound}
          onChange={setChosen}
        />
        {refusal && <Alert type="error">{refusal}</Alert>}
        {!isSame && preview.data && !refusal && <BindingPreview vip={vip} preview={preview.data} vms={vms} />}
      </SpaceBetween>
    </Modal>
  );
}
