import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useState } from 'react';
import { useVip } from '../../api/vips';
import { Loaded } from '../../components/Loaded';
import { BeginDrill } from './BeginDrill';
import { ChangeBindings } from './ChangeBindings';
import { DeleteVips } from './DeleteVips';
import { Diagnose } from './Diagnose';
import { Drills } from './Drills';
import { EditVip } from './EditVip';
import { Overview } from './Overview';
import { SetUpHa } from './SetUpHa';
import { Timeline } from './Timeline';
import { VipHeader } from './VipHeader';

export type Opened = 'edit' | 'bindings' | 'drill' | 'delete' | 'force';

/** One VIP: what it is, who holds it, and all that ever happened to it. */
export function VipPage() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const query = useVip(id);
  const [parameters, setParameters] = useSearchParams();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  return (
    <Loaded query={query} what="VIP">
      {(known) => {
        const isGone = query.error !== null;
        // Of a VIP that is gone the last that is known is shown, except that nobody holds it.
        const vip = isGone ? { ...known, holders: [] } : known;
        return (
          <SpaceBetween size="l">
            <VipHeader vip={vip} isGone={isGone} onOpen={setOpened} />
            <Tabs
              ariaLabel={`VIP ${vip.name}`}
              activeTabId={parameters.get('tab') ?? 'overview'}
              onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { replace: true })}
              tabs={[
                { id: 'overview', label: 'Overview', content: <Overview vip={vip} onOpen={setOpened} /> },
                { id: 'timeline', label: 'Timeline', content: <Timeline vip={vip} /> },
                {
                  id: 'drills',
                  label: 'Drills',
                  disabled: isGone,
                  content: <Drills vip={vip} onBegin={() => setOpened('drill')} />,
                },
                { id: 'diagnose', label: 'Diagnose', disabled: isGone, content: <Diagnose vip={vip} /> },
                { id: 'ha', label: 'Set up HA', disabled: isGone, content: <SetUpHa vip={vip} /> },
              ]}
            />
            {opened === 'edit' && <EditVip vip={vip} onClose={close} />}
            {opened === 'bindings' && <ChangeBindings vip={vip} onClose={close} />}
            {opened === 'drill' && (
              <BeginDrill
                vip={vip}
                onBegun={() => setParameters({ tab: 'drills' }, { replace: true })}
                onClose={close}
              />
            )}
            {(opened === 'delete' || opened === 'force') && (
              <DeleteVips
                vips={[vip]}
                force={opened === 'force'}
                onClose={(deleted) => (deleted ? void navigate('/vips') : close())}
              />
            )}
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}
