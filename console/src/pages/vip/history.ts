import type { EventKind, HistoryEvent } from '../../api/client';
import { sentence } from '../../api/formErrors';
import { listed } from '../../components/listed';
import { duration, moment } from '../../components/Time';

export type Tone = 'success' | 'info' | 'warning' | 'error' | 'in-progress';

/** One line of a VIP's history. */
export interface Entry {
  id: string;
  at: string;
  actor: string;
  tone: Tone;
  title: string;
  detail?: string | undefined;
}

type NameOf = (vmId: string) => string;

/** Who made what the fabric saw happen. */
export const FABRIC = 'havip';

/** The history of a VIP in words, newest first. */
export function entries(events: readonly HistoryEvent[], nameOf: NameOf): Entry[] {
  let freeSince: number | undefined;
  const told = withoutRepetition(events).map((event) => {
    const entry = tell(event, nameOf, freeSince);
    if (event.kind === 'holder_changed') {
      freeSince = text(event, 'to') === undefined ? Date.parse(event.at) : undefined;
    }
    return entry;
  });
  return told.reverse();
}

/** Told again and again, as long as packets come. */
const REPEATED: readonly EventKind[] = ['claims_refused', 'claims_observed', 'claims_misdirected'];

/** Makes one of refusals that follow each other and tell the same, with all of their packets. */
function withoutRepetition(events: readonly HistoryEvent[]): HistoryEvent[] {
  const kept: HistoryEvent[] = [];
  for (const event of events) {
    const before = kept.at(-1);
    const isRepeated =
      before?.kind === event.kind &&
      REPEATED.includes(event.kind) &&
      text(before, 'port') === text(event, 'port') &&
      text(before, 'kind') === text(event, 'kind');
    if (isRepeated) {
      const packets = Number(text(before, 'packets')) + Number(text(event, 'packets'));
      kept[kept.length - 1] = { ...event, data: { ...event.data, packets } } as HistoryEvent;
    } else {
      kept.push(event);
    }
  }
  return kept;
}

function tell(event: HistoryEvent, nameOf: NameOf, freeSince: number | undefined): Entry {
  const { id, at, actor } = event;
  return { id, at, actor, ...words(event, nameOf, freeSince) };
}

function words(
  event: HistoryEvent,
  nameOf: NameOf,
  freeSince: number | undefined,
): Pick<Entry, 'tone' | 'title' | 'detail'> {
  switch (event.kind) {
    case 'vip_created':
      return {
        tone: 'info',
        title: `Created with the address ${text(event, 'address')}`,
        detail: bound(event, nameOf),
      };
    case 'vip_described':
      return { tone: 'info', title: `Renamed to ${text(event, 'name')}`, detail: text(event, 'remark') };
    case 'floating_address_changed':
      return { tone: 'info', title: 'Floating address changed', detail: text(event, 'floatingAddress') ?? 'None now' };
    case 'bindings_changed':
      return { tone: 'info', title: 'VMs changed', detail: changes(event, nameOf) };
    case 'vip_deleting':
      return { tone: 'in-progress', title: 'Deletion requested' };
    case 'vip_retried':
      return { tone: 'in-progress', title: 'Tried again' };
    case 'vip_realised':
      return { tone: 'success', title: 'Available', detail: 'The network enforces it.' };
    case 'vip_failed':
      return { tone: 'error', title: 'Failed', detail: sentence(text(event, 'message') ?? '') };
    case 'vip_deleted':
      return { tone: 'info', title: 'Deleted' };
    case 'holder_changed':
      return drift(event, nameOf, freeSince);
    case 'claims_refused':
    case 'claims_observed':
      return refusal(event, nameOf);
    case 'claims_misdirected':
      return misdirected(event, nameOf);
    case 'split_began':
      return {
        tone: 'error',
        title: `Split: ${together(event, nameOf)} use it at once`,
        detail: 'They do not hear each other, and each believes that it is the master.',
      };
    case 'split_ended':
      return healed(event, nameOf);
    case 'fence_began':
      return {
        tone: 'warning',
        title: `${nameOf(text(event, 'vmId') ?? '')} is fenced`,
        detail: `It may not use the VIP until ${moment(text(event, 'until') ?? '')}.`,
      };
    case 'fence_ended':
      return { tone: 'info', title: `${nameOf(text(event, 'vmId') ?? '')} may use it again` };
    case 'vip_announced':
      return {
        tone: 'info',
        title: `${nameOf(text(event, 'vmId') ?? '')} was announced to the network again`,
        detail: ANNOUNCED[text(event, 'reason') ?? ''],
      };
    case 'drill_began':
      return {
        tone: 'info',
        title: `Drill ${text(event, 'number')} began: ${nameOf(text(event, 'vmId') ?? '')} is cut off`,
        detail: `Until ${moment(text(event, 'until') ?? '')}${text(event, 'wholePort') === 'true' ? ', with its ports' : ''}.`,
      };
    case 'drill_ended':
      return drilled(event, nameOf);
    case 'vm_started':
      return { tone: 'info', title: `${nameOf(text(event, 'vmId') ?? '')} was started` };
    case 'vm_stopped':
      return {
        tone: 'warning',
        title: `${nameOf(text(event, 'vmId') ?? '')} was stopped`,
        detail: 'It stays bound.',
      };
    case 'address_conflict_began':
      return {
        tone: 'error',
        title: `Another host has the address ${text(event, 'address') ?? ''}`,
        detail: conflicting(event, nameOf),
      };
    case 'address_conflict_ended':
      return { tone: 'success', title: `No other host has the address ${text(event, 'address') ?? ''} any more` };
    case 'leader_changed':
      return { tone: 'info', title: `The server ${text(event, 'to') ?? ''} leads`, detail: ledBefore(event) };
    case 'vrid_changed':
      return {
        tone: 'warning',
        title: `VRID ${text(event, 'from') ?? ''} is a router's outside; it has VRID ${text(event, 'to') ?? ''} now`,
        detail: 'Install a new configuration in its VMs.',
      };
    case 'advertisements_withheld':
      return {
        tone: 'warning',
        title: `${nameOf(text(event, 'vmId') ?? '')} does not hear the master`,
        detail: `Advertisements also name ${text(event, 'address') ?? ''}. Bind it to that VIP as well.`,
      };
    case 'network_trouble_began':
      return { tone: 'error', title: 'The network cannot be brought in line', detail: sentence(text(event, 'trouble') ?? '') };
    case 'network_trouble_ended':
      return { tone: 'success', title: 'The network is in line again' };
    case 'ports_unjudged':
      return {
        tone: 'warning',
        title: 'Packets of some ports are not judged',
        detail: `VMs behind ${text(event, 'ports') ?? ''} can take VIPs.`,
      };
    case 'fabric_repaired':
      return { tone: 'warning', title: 'Repaired what somebody else had changed', detail: text(event, 'difference') };
  }
  // Each kind of openapi.yaml has its words, or this does not compile; a newer server may know more.
  const unheard: string = event.kind satisfies never;
  return { tone: 'info', title: sentence(unheard.replaceAll('_', ' ')).slice(0, -1) };
}

function ledBefore(event: HistoryEvent): string | undefined {
  const from = text(event, 'from');
  return from && `Before, ${from} did.`;
}

const ANNOUNCED: Record<string, string> = {
  split_ended: 'A split had ended.',
  claim_outlived: 'The last that claimed the VIP does not answer any more, and this VM does.',
};

function drift(
  event: HistoryEvent,
  nameOf: NameOf,
  freeSince: number | undefined,
): Pick<Entry, 'tone' | 'title' | 'detail'> {
  const from = text(event, 'from');
  const to = text(event, 'to');
  if (to === undefined) {
    return { tone: 'warning', title: 'Nobody holds it', detail: from && `${nameOf(from)} is gone.` };
  }
  const outage = text(event, 'outageMillis');
  const gap = outage !== undefined ? Number(outage) : freeSince && Date.parse(event.at) - freeSince;
  return {
    tone: 'success',
    title: from === undefined ? `${nameOf(to)} took it` : `Drifted from ${nameOf(from)} to ${nameOf(to)}`,
    detail: gap === undefined ? undefined : `It had no holder for ${duration(gap)}.`,
  };
}

function together(event: HistoryEvent, nameOf: NameOf): string {
  return listed(list(event, 'vmIds').map(nameOf));
}

function healed(event: HistoryEvent, nameOf: NameOf): Pick<Entry, 'tone' | 'title' | 'detail'> {
  const to = text(event, 'to');
  return {
    tone: 'success',
    title: `The split of ${together(event, nameOf)} ended`,
    detail: `It lasted ${duration(Number(text(event, 'lengthMillis')))}. ${to ? nameOf(to) : 'Nobody'} holds the VIP.`,
  };
}

const DRILLED: Record<string, [tone: Tone, verb: string]> = {
  passed: ['success', 'passed'],
  failed: ['error', 'failed'],
  interrupted: ['warning', 'was interrupted'],
};

function drilled(event: HistoryEvent, nameOf: NameOf): Pick<Entry, 'tone' | 'title' | 'detail'> {
  const [tone, verb] = DRILLED[text(event, 'outcome') ?? ''] ?? ['info', 'ended'];
  const newHolder = text(event, 'newHolder');
  const outage = text(event, 'outageMillis');
  const parts = [
    newHolder === undefined
      ? 'Nobody was seen to take over.'
      : `${nameOf(newHolder)} took over${outage === undefined ? '' : ` after ${duration(Number(outage))}`}.`,
    text(event, 'cameBack') === 'true' && 'Who was cut off took the VIP back.',
  ];
  return { tone, title: `Drill ${text(event, 'number')} ${verb}`, detail: parts.filter(Boolean).join(' ') };
}

const CLAIMS: Record<string, [one: string, many: string]> = {
  arp: ['ARP claim', 'ARP claims'],
  ip: ['packet from its address', 'packets from its address'],
  vrrp: ['VRRP advertisement', 'VRRP advertisements'],
  dhcp: ['answer to DHCP clients', 'answers to DHCP clients'],
  other: ['frame that is neither ARP nor IPv4', 'frames that are neither ARP nor IPv4'],
};

function refusal(event: HistoryEvent, nameOf: NameOf): Pick<Entry, 'tone' | 'title' | 'detail'> {
  const vmId = text(event, 'vmId');
  const packets = Number(text(event, 'packets') ?? 1);
  const isRefused = event.kind === 'claims_refused';
  const sender = `${vmId ? nameOf(vmId) : 'an unknown VM'} at port ${text(event, 'port')}`;
  const from = `From ${sender}${text(event, 'kind') === 'other' ? '.' : ', which may not use it.'}`;
  const [one, many] = CLAIMS[text(event, 'kind') ?? ''] ?? ['claim', 'claims'];
  return {
    tone: 'warning',
    title: `${isRefused ? 'Refused' : 'Let pass'} ${packets} ${packets === 1 ? one : many}`,
    detail: `${from}${isRefused ? '' : ' The network only observes.'}`,
  };
}

function misdirected(event: HistoryEvent, nameOf: NameOf): Pick<Entry, 'tone' | 'title' | 'detail'> {
  const packets = Number(text(event, 'packets') ?? 1);
  return {
    tone: 'warning',
    title: `${nameOf(text(event, 'vmId') ?? '')} used an address of its own on the wrong NIC`,
    detail:
      `${packets} ${packets === 1 ? 'packet' : 'packets'} from ${text(event, 'address')} at port ${text(event, 'port')}: ` +
      'set arp_ignore and arp_announce as “Set up HA” says, and look at its routes.',
  };
}

/** Administrators read which host it is. */
function conflicting(event: HistoryEvent, nameOf: NameOf): string {
  const vmId = text(event, 'vmId');
  const mac = text(event, 'mac');
  return [
    vmId && `It is the address of ${nameOf(vmId)}.`,
    mac && `The host has the MAC address ${mac}, at port ${text(event, 'port') ?? ''}.`,
    'HAVIP asks again every 30 s.',
  ]
    .filter(Boolean)
    .join(' ');
}

function bound(event: HistoryEvent, nameOf: NameOf): string | undefined {
  const vmIds = list(event, 'vmIds');
  return vmIds.length === 0 ? undefined : `Bound: ${vmIds.map(nameOf).join(', ')}.`;
}

function changes(event: HistoryEvent, nameOf: NameOf): string {
  const parts = [
    ['Bound', list(event, 'added')],
    ['Unbound', list(event, 'removed')],
    ['With the VRID’s MAC address too', list(event, 'vmac')],
  ] as const;
  return parts
    .filter(([, ids]) => ids.length > 0)
    .map(([verb, ids]) => `${verb}: ${ids.map(nameOf).join(', ')}.`)
    .join(' ');
}

function text(event: HistoryEvent, name: string): string | undefined {
  const value = (event.data as Record<string, unknown>)[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function list(event: HistoryEvent, name: string): string[] {
  const value = (event.data as Record<string, unknown>)[name];
  return Array.isArray(value) ? value.map(String) : [];
}
