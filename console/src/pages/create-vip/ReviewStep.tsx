import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Preview } from '../../api/client';
import { useNetworksById, useVmsById, useVpcsById } from '../../api/inventory';
import type { Draft } from './draft';

interface Props {
  draft: Draft;
  preview: Preview | undefined;
  onEdit: (step: number) => void;
}

export function ReviewStep({ draft, preview, onEdit }: Props) {
  const vpc = useVpcsById().get(draft.vpcId);
  const network = useNetworksById().get(draft.networkId);
  const vms = useVmsById();
  const name = (id: string) => vms.get(id)?.name ?? id;
  const attached = preview?.attachNics.map(({ vmId }) => name(vmId)) ?? [];
  return (
    <SpaceBetween size="l">
      <Part
        title="Name and type"
        onEdit={() => onEdit(0)}
        items={[
          { label: 'Name', value: draft.name },
          { label: 'Remark', value: draft.remark || '–' },
          { label: 'VIP type', value: draft.type === 'internal' ? 'Internal' : 'External' },
        ]}
      />
      <Part
        title="Network and address"
        onEdit={() => onEdit(1)}
        items={[
          { label: 'VPC', value: vpc ? `${vpc.name} (${vpc.cidr})` : draft.vpcId },
          { label: 'Network', value: network ? `${network.name} (${network.cidr})` : draft.networkId },
          { label: 'IP address', value: draft.choosesAddress ? draft.address : 'Automatic' },
        ]}
      />
      <Part
        title="Associated VMs"
        onEdit={() => onEdit(2)}
        items={[
          {
            label: 'VMs',
            value: draft.vmIds.map(name).join(', ') || 'None yet; bind them later',
          },
        ]}
      />
      {attached.length > 0 && (
        <Alert type="info">
          {attached.join(', ')} will get a NIC on the external network. Have it plugged before HA software uses the VIP.
        </Alert>
      )}
    </SpaceBetween>
  );
}

function Part({ title, items, onEdit }: { title: string; items: KeyValuePairsProps.Item[]; onEdit: () => void }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button ariaLabel={`Edit ${title.toLowerCase()}`} onClick={onEdit}>
              Edit
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
}
