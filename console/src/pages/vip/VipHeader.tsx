import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, answer, type Vip } from '../../api/client';
import { sentence } from '../../api/formErrors';
import { listed } from '../../components/listed';
import { Trail } from '../../components/Trail';
import { isSplit, vmName } from '../../components/VipStatus';
import { useNotify } from '../../layout/Notifications';
import { LiveSign } from '../../live/LiveSign';
import type { Opened } from './VipPage';

interface Props {
  vip: Vip;
  isGone: boolean;
  onOpen: (opened: Opened) => void;
}

export function VipHeader({ vip, isGone, onOpen }: Props) {
  const queries = useQueryClient();
  const notify = useNotify();
  const retry = useMutation({
    mutationFn: () => answer(api.POST('/v1/vips/{id}/retry', { params: { path: { id: vip.id } } })),
    onSuccess: () => queries.invalidateQueries(),
    onError: (error) => notify('error', error.message),
  });
  const announce = useMutation({
    mutationFn: () => answer(api.POST('/v1/vips/{id}/announce', { params: { path: { id: vip.id } } })),
    onSuccess: () => notify('success', `The network is told again who holds ${vip.name}`),
    onError: (error) => notify('error', sentence(error.message)),
  });
  const isDeleting = vip.state === 'deleting';
  const outdated = vip.bindings
    .filter(({ configuration }) => configuration === 'outdated')
    .map(({ vmName: name }) => name);
  return (
    <SpaceBetween size="s">
      <Trail list="VIPs" href="/vips" here={vip.name} />
      <Header
        variant="h1"
        info={<LiveSign />}
        description={vip.remark || undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={isGone} onClick={() => onOpen('edit')}>
              Edit
            </Button>
            <Button disabled={isGone || isDeleting} onClick={() => onOpen('bindings')}>
              Change VMs
            </Button>
            <Button disabled={isGone || isDeleting} onClick={() => onOpen('drill')}>
              Drill
            </Button>
            <Button disabled={isGone || isDeleting} loading={announce.isPending} onClick={() => announce.mutate()}>
              Announce
            </Button>
            <Button disabled={isGone || isDeleting} onClick={() => onOpen('delete')}>
              Delete
            </Button>
          </SpaceBetween>
        }
      >
        {vip.name}
      </Header>
      {isGone && <Alert type="info">This VIP is deleted, or cannot be read. Its history stays.</Alert>}
      {vip.reason && (
        <Alert
          type="error"
          header="HAVIP cannot make this VIP work"
          action={
            <SpaceBetween direction="horizontal" size="xs">
              {vip.reason.code === 'fabric_unreachable' && (
                <Button onClick={() => onOpen('force')}>Delete by force</Button>
              )}
              {!isDeleting && (
                <Button loading={retry.isPending} onClick={() => retry.mutate()}>
                  Try again
                </Button>
              )}
            </SpaceBetween>
          }
        >
          {sentence(vip.reason.message)}
        </Alert>
      )}
      {isSplit(vip) && (
        <Alert type="error" header="Split: several VMs use this VIP at once">
          {listed(vip.holders.map(({ vmId }) => vmName(vip, vmId)))} claim {vip.address}. They do not hear each other:
          check the network between them and their HA software.
        </Alert>
      )}
      {outdated.length > 0 && (
        <Alert type="warning" header="Outdated configurations">
          What HAVIP made for {outdated.join(', ')} names other VMs than are bound now. Make it anew under “Set up HA”
          and install it, or two VMs may hold the VIP at once.
        </Alert>
      )}
    </SpaceBetween>
  );
}
