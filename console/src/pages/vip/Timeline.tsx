import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMemo, useState } from 'react';
import type { Vip } from '../../api/client';
import { useVmsById } from '../../api/inventory';
import { useVipEvents } from '../../api/vips';
import { Time } from '../../components/Time';
import { entries, FABRIC, type Entry } from './history';
import './Timeline.css';

const PAGE_SIZE = 50;
const RECENT = 6;

function useHistory(vip: Vip) {
  const vms = useVmsById();
  const events = useVipEvents(vip.id);
  const told = useMemo(
    () =>
      entries(
        events.data ?? [],
        (id) => vms.get(id)?.name ?? vip.bindings.find(({ vmId }) => vmId === id)?.vmName ?? id,
      ),
    [events.data, vms, vip.bindings],
  );
  return { told, error: events.error };
}

/** Everything that ever happened to the VIP, newest first. */
export function Timeline({ vip }: { vip: Vip }) {
  const { told, error } = useHistory(vip);
  const [page, setPage] = useState(1);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${told.length})`}
          actions={
            told.length > PAGE_SIZE && (
              <Pagination
                currentPageIndex={page}
                pagesCount={Math.ceil(told.length / PAGE_SIZE)}
                onChange={({ detail }) => setPage(detail.currentPageIndex)}
              />
            )
          }
        >
          Timeline
        </Header>
      }
    >
      {error && <Alert type="error">{error.message}</Alert>}
      <Entries entries={told.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)} />
    </Container>
  );
}

/** The last things that happened to the VIP. */
export function RecentEvents({ vip }: { vip: Vip }) {
  return <Entries entries={useHistory(vip).told.slice(0, RECENT)} />;
}

function Entries({ entries: shown }: { entries: Entry[] }) {
  return (
    <ol className="timeline">
      {shown.map((entry) => (
        <li key={entry.id}>
          <StatusIndicator type={entry.tone}>{entry.title}</StatusIndicator>
          {entry.detail && <Box color="text-body-secondary">{entry.detail}</Box>}
          <Box color="text-body-secondary" fontSize="body-s">
            <Time at={entry.at} />
            {entry.actor !== FABRIC && `, by ${entry.actor}`}
          </Box>
        </li>
      ))}
    </ol>
  );
}
