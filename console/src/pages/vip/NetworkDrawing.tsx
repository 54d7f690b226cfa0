import LiveRegion from '@cloudscape-design/components/live-region';
import type { Network, Vip } from '../../api/client';
import { useVmsById } from '../../api/inventory';
import { useIsNarrow } from '../../layout/useIsNarrow';
import { listed } from '../../components/listed';
import { isSplit } from '../../components/VipStatus';
import './NetworkDrawing.css';

/** The measures of a wide and of a narrow screen; the text has the same size on both. */
const WIDE = { width: 600, vmWidth: 164, badgeWidth: 124, nameLength: 18 };
const NARROW = { width: 340, vmWidth: 106, badgeWidth: 108, nameLength: 11 };
const HEIGHT = 246;
const SWITCH_Y = 66;
const VM_Y = 158;
const VM_HEIGHT = 84;
const BADGE_HEIGHT = 30;
/** The badge of a VIP that nobody holds stands apart from the network. */
const NOWHERE_Y = 20;

interface Props {
  vip: Vip;
  network: Network | undefined;
}

/** The network with its VMs; the VIP's address stands at the VM that holds it, and moves with it. */
export function NetworkDrawing({ vip, network }: Props) {
  const vms = useVmsById();
  const { width, vmWidth, badgeWidth, nameLength } = useIsNarrow() ? NARROW : WIDE;
  const count = vip.bindings.length;
  const drawn = vip.bindings.map((binding, index) => ({
    ...binding,
    x: (width * (index + 0.5)) / count,
    address: vms.get(binding.vmId)?.nics.find(({ id }) => id === binding.nicId)?.address,
    holds: vip.holders.some(({ vmId }) => vmId === binding.vmId),
  }));
  const holding = drawn.filter(({ holds }) => holds);
  const badges = holding.length === 0 ? [{ x: width / 2, y: NOWHERE_Y }] : holding.map(({ x }) => ({ x, y: VM_Y - 6 }));
  const names = listed(holding.map(({ vmName }) => vmName));
  const summary = `${vip.address} is held by ${names || 'nobody'}. Bound: ${drawn.map(({ vmName }) => vmName).join(', ') || 'no VM'}.`;
  return (
    <>
      <LiveRegion hidden>{summary}</LiveRegion>
      <svg className="drawing" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={summary}>
        <rect className="drawing-switch" x="12" y={SWITCH_Y - 15} width={width - 24} height="30" rx="15" />
        <text className="drawing-network" x={width / 2} y={SWITCH_Y + 5}>
          {network ? `${network.name} · ${network.cidr}` : vip.networkId}
        </text>
        {drawn.map((vm) => (
          <g key={vm.vmId} className={vm.holds ? 'drawing-vm drawing-holder' : 'drawing-vm'}>
            <line
              className={vm.up ? 'drawing-link' : 'drawing-link drawing-down'}
              x1={vm.x}
              x2={vm.x}
              y1={SWITCH_Y + 15}
              y2={VM_Y}
            />
            <rect x={vm.x - vmWidth / 2} y={VM_Y} width={vmWidth} height={VM_HEIGHT} rx="10" />
            <text className="drawing-name" x={vm.x} y={VM_Y + 42}>
              {short(vm.vmName, nameLength)}
            </text>
            <text className="drawing-detail" x={vm.x} y={VM_Y + 64}>
              {vm.up ? (vm.address ?? vm.port) : 'link down'}
            </text>
          </g>
        ))}
        {count === 0 && (
          <text className="drawing-detail" x={width / 2} y={VM_Y + 30}>
            No VM is bound: nobody can use this VIP
          </text>
        )}
        {badges.map(({ x, y }, index) => (
          <g
            key={index}
            className={`drawing-badge${isSplit(vip) ? ' drawing-split' : ''}${holding.length === 0 ? ' drawing-free' : ''}`}
            style={{ transform: `translate(${x}px, ${y}px)` }}
          >
            <rect
              x={-badgeWidth / 2}
              y={-BADGE_HEIGHT / 2}
              width={badgeWidth}
              height={BADGE_HEIGHT}
              rx={BADGE_HEIGHT / 2}
            />
            <text y="5">{vip.address}</text>
          </g>
        ))}
      </svg>
    </>
  );
}

function short(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}
