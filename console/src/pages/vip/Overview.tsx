import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Vip } from '../../api/client';
import { useNetworksById, useVpcsById } from '../../api/inventory';
import { EnforcementSign } from '../../components/EnforcementField';
import { copyable } from '../../components/copyable';
import { Time } from '../../components/Time';
import { VipStatus } from '../../components/VipStatus';
import { Holder } from '../vips/Holder';
import { BindingTable } from './BindingTable';
import { NetworkDrawing } from './NetworkDrawing';
import { RecentEvents } from './Timeline';
import type { Opened } from './VipPage';
import './Overview.css';

export function Overview({ vip, onOpen }: { vip: Vip; onOpen: (opened: Opened) => void }) {
  const vpc = useVpcsById().get(vip.vpcId);
  const network = useNetworksById().get(vip.networkId);
  return (
    <SpaceBetween size="l">
      <div className="vip-overview">
        <Container fitHeight header={<Header variant="h2">Who holds it now</Header>}>
          <NetworkDrawing vip={vip} network={network} />
        </Container>
        <Container fitHeight header={<Header variant="h2">Latest</Header>}>
          <RecentEvents vip={vip} />
        </Container>
      </div>
      <Container header={<Header variant="h2">Details</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'State', value: <VipStatus vip={vip} /> },
            { label: 'Address', value: copyable(vip.address) },
            { label: 'Floating address', value: vip.floatingAddress ? copyable(vip.floatingAddress.address) : '–' },
            { label: 'Current holder', value: <Holder vip={vip} /> },
            { label: 'VIP type', value: vip.type === 'internal' ? 'Internal' : 'External' },
            { label: 'VPC', value: vpc ? `${vpc.name} (${vpc.cidr})` : vip.vpcId },
            { label: 'Network', value: network ? `${network.name} (${network.cidr})` : vip.networkId },
            { label: 'Enforcement', value: network ? <EnforcementSign {...network} /> : '–' },
            { label: 'Created', value: <Time at={vip.createdAt} /> },
            { label: 'Last change', value: <Time at={vip.updatedAt} /> },
            { label: 'Remark', value: vip.remark || '–' },
            { label: 'Generation', value: `${vip.observedGeneration} of ${vip.generation} realised` },
            { label: 'ID', value: copyable(vip.id) },
          ]}
        />
      </Container>
      <BindingTable
        vip={vip}
        actions={
          <Button disabled={vip.state === 'deleting'} onClick={() => onOpen('bindings')}>
            Change VMs
          </Button>
        }
      />
    </SpaceBetween>
  );
}
