import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { Drill, Vip } from '../../api/client';
import { useVmsById } from '../../api/inventory';
import { useDrills } from '../../api/drills';
import { duration, Time } from '../../components/Time';
import { vmName } from '../../components/VipStatus';

const LOOK: Record<Drill['state'], { type: StatusIndicatorProps.Type; text: string }> = {
  running: { type: 'in-progress', text: 'Running' },
  passed: { type: 'success', text: 'Passed' },
  failed: { type: 'error', text: 'Failed' },
  interrupted: { type: 'warning', text: 'Interrupted: the server stopped' },
};

/** The rehearsed failovers of a VIP. */
export function Drills({ vip, onBegin }: { vip: Vip; onBegin: () => void }) {
  const vms = useVmsById();
  const drills = useDrills(vip.id);
  const nameOf = (vmId: string) => vms.get(vmId)?.name ?? vmName(vip, vmId);
  return (
    <Table
      items={drills.data ?? []}
      loading={drills.isPending}
      loadingText="Loading drills"
      trackBy={({ number }) => String(number)}
      ariaLabels={{ tableLabel: 'Drills' }}
      header={
        <Header
          variant="h2"
          description="A drill cuts the holder off for a while, and measures until another VM answers for the VIP."
          actions={<Button onClick={onBegin}>Begin a drill</Button>}
        >
          Drills
        </Header>
      }
      empty={drills.error?.message ?? 'No failover was rehearsed yet'}
      columnDefinitions={[
        { id: 'number', header: 'Number', cell: ({ number }) => number, isRowHeader: true },
        {
          id: 'state',
          header: 'Result',
          cell: ({ state }) => <StatusIndicator type={LOOK[state].type}>{LOOK[state].text}</StatusIndicator>,
        },
        {
          id: 'outage',
          header: 'Outage',
          cell: ({ outageMillis, targetMillis }) =>
            `${outageMillis === undefined ? '–' : duration(outageMillis)} of at most ${duration(targetMillis)}`,
        },
        {
          id: 'cut',
          header: 'Cut off',
          cell: ({ vmId, wholePort }) => `${nameOf(vmId)}${wholePort ? ', with its ports' : ''}`,
        },
        { id: 'holder', header: 'Took over', cell: ({ newHolder }) => (newHolder ? nameOf(newHolder) : '–') },
        {
          id: 'back',
          header: 'Took it back',
          cell: ({ cameBack }) => (cameBack === undefined ? '–' : cameBack ? 'Yes' : 'No'),
        },
        { id: 'began', header: 'Began', cell: ({ beganAt }) => <Time at={beganAt} /> },
        { id: 'ends', header: 'Cut off until', cell: ({ endsAt }) => <Time at={endsAt} /> },
        { id: 'actor', header: 'By', cell: ({ actor }) => actor },
      ]}
    />
  );
}
