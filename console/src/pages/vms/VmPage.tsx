import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, answer } from '../../api/client';
import { useVpcsById } from '../../api/inventory';
import { copyable } from '../../components/copyable';
import { DeleteModal } from '../../components/DeleteModal';
import { Loaded } from '../../components/Loaded';
import { Time } from '../../components/Time';
import { Trail } from '../../components/Trail';
import { useRemoval } from '../../components/useRemoval';
import { LiveSign } from '../../live/LiveSign';
import { AddNic } from './AddNic';
import { EditVm } from './EditVm';
import { NicTable } from './NicTable';
import { VipsOfVm } from './VipsOfVm';
import { useLimits } from '../../session/SessionGate';
import { tryOutDelete } from './tryOutDelete';
import { VmStatus } from './VmStatus';

export function VmPage() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const vpcs = useVpcsById();
  const { vipsPerVm } = useLimits();
  const [open, setOpen] = useState<'edit' | 'delete' | 'add-nic'>();
  const close = () => setOpen(undefined);
  const remove = useRemoval('VM', () => answer(api.DELETE('/v1/vms/{id}', { params: { path: { id } } })));
  const query = useQuery({
    queryKey: ['vms', id],
    queryFn: () => answer(api.GET('/v1/vms/{id}', { params: { path: { id } } })),
    // Ports go up and down without an event.
    refetchInterval: ({ state }) => (state.error ? false : 10_000),
  });
  return (
    <Loaded query={query} what="VM">
      {(vm) => (
        <SpaceBetween size="l">
          <Trail list="VMs" href="/vms" here={vm.name} />
          <Header
            variant="h1"
            info={<LiveSign />}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setOpen('edit')}>Edit</Button>
                <Button onClick={() => setOpen('delete')}>Delete</Button>
              </SpaceBetween>
            }
          >
            {vm.name}
          </Header>
          <Container header={<Header variant="h2">Details</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'State', value: <VmStatus vm={vm} /> },
                { label: 'VPC', value: vpcs.get(vm.vpcId)?.name ?? vm.vpcId },
                { label: 'VIPs', value: `${vm.vipCount} of ${vipsPerVm}` },
                { label: 'Created', value: <Time at={vm.createdAt} /> },
                { label: 'ID', value: copyable(vm.id) },
              ]}
            />
          </Container>
          <NicTable vm={vm} onAdd={() => setOpen('add-nic')} />
          <VipsOfVm vm={vm} />
          {open === 'edit' && <EditVm vm={vm} onClose={close} />}
          {open === 'add-nic' && <AddNic vm={vm} onClose={close} />}
          {open === 'delete' && (
            <DeleteModal
              kind="VM"
              items={[
                {
                  id,
                  name: vm.name,
                  warning: vm.vipCount > 0 ? `It is unbound from its ${vm.vipCount} VIPs` : undefined,
                },
              ]}
              remove={remove}
              tryOut={tryOutDelete}
              onClose={(deleted) => (deleted ? void navigate('/vms') : close())}
            />
          )}
        </SpaceBetween>
      )}
    </Loaded>
  );
}
