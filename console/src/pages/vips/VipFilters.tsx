import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useEffect, useEffectEvent, useState } from 'react';
import { useExternalNetworks, useSubnets, useVms, useVpcs } from '../../api/inventory';
import type { VipFilter } from '../../api/vips';
import { STATE_OPTIONS } from '../../components/VipStatus';
import type { FilterParameter } from './vipFilter';
import './VipFilters.css';

interface Props {
  filter: VipFilter;
  isFiltered: boolean;
  onChange: (changes: Partial<Record<FilterParameter, string>>) => void;
  onClear: () => void;
}

const TYPING_PAUSE_MS = 250;
const TYPE_OPTIONS = [
  { value: 'internal', label: 'Internal' },
  { value: 'external', label: 'External' },
];

export function VipFilters({ filter, isFiltered, onChange, onClear }: Props) {
  const vpcs = useVpcs().data ?? [];
  const networks = [...(useSubnets().data ?? []), ...(useExternalNetworks().data ?? [])];
  const vms = useVms().data ?? [];
  return (
    <div className="vip-filters">
      <div className="vip-filters-search">
        <Search text={filter.q ?? ''} onChange={(q) => onChange({ q })} />
      </div>
      <Choice label="State" value={filter.state} options={STATE_OPTIONS} onChange={(state) => onChange({ state })} />
      <Choice label="Type" value={filter.type} options={TYPE_OPTIONS} onChange={(type) => onChange({ type })} />
      <Choice label="VPC" value={filter.vpcId} options={vpcs.map(option)} onChange={(vpcId) => onChange({ vpcId })} />
      <Choice
        label="Network"
        value={filter.networkId}
        options={networks.map((network) => ({ ...option(network), description: network.cidr }))}
        onChange={(networkId) => onChange({ networkId })}
      />
      <Choice label="VM" value={filter.vmId} options={vms.map(option)} onChange={(vmId) => onChange({ vmId })} />
      {isFiltered && (
        <Button variant="link" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

interface Option {
  value: string;
  label: string;
  description?: string;
}

function option({ id, name }: { id: string; name: string }): Option {
  return { value: id, label: name };
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: Option[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const any = { value: '', label: `Any ${label === 'VM' || label === 'VPC' ? label : label.toLowerCase()}` };
  const chosen = value === undefined ? any : (options.find((it) => it.value === value) ?? { value, label: value });
  return (
    <div className="vip-filters-choice">
      <Select
        ariaLabel={`Filter by ${label}`}
        selectedOption={chosen}
        options={[any, ...options]}
        filteringType={options.length > 8 ? 'auto' : 'none'}
        expandToViewport
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </div>
  );
}

/** Searches when the user has stopped typing. */
function Search({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const [sent, setSent] = useState(text);
  const [shown, setShown] = useState(text);
  // Not in an effect: the first would come after the first letters that somebody quick has typed.
  if (text !== shown) {
    setShown(text);
    if (text !== sent) {
      setSent(text);
      setTyped(text);
    } // else more may have been typed since
  }
  const search = useEffectEvent(() => {
    setSent(typed);
    onChange(typed);
  });
  useEffect(() => {
    if (typed === text) {
      return undefined;
    }
    const timer = setTimeout(search, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <Input
      type="search"
      ariaLabel="Find VIPs by name, remark, id or address"
      placeholder="Find VIPs"
      clearAriaLabel="Clear"
      value={typed}
      onChange={({ detail }) => setTyped(detail.value)}
    />
  );
}
