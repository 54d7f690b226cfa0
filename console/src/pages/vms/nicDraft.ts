import { separated } from '../../components/separated';
import type { components } from '../../api/schema.gen';

export interface NicDraft {
  networkId: string;
  address: string;
  mac: string;
  port: string;
  allowedSources: string;
}

export const EMPTY_NIC: NicDraft = { networkId: '', address: '', mac: '', port: '', allowedSources: '' };

/** As the API wants it; what is left out HAVIP chooses. */
export function toNewNic(draft: NicDraft): components['schemas']['NewNic'] {
  const [address, mac, port] = [draft.address.trim(), draft.mac.trim(), draft.port.trim()];
  return {
    networkId: draft.networkId,
    ...(address && { address }),
    ...(mac && { mac }),
    ...(port && { port }),
    allowedSources: separated(draft.allowedSources),
  };
}
