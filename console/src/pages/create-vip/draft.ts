import type { VipType } from '../../api/client';

/** What the user has said so far. */
export interface Draft {
  name: string;
  remark: string;
  type: VipType;
  vpcId: string;
  networkId: string;
  choosesAddress: boolean;
  address: string;
  vmIds: string[];
}

export const EMPTY: Draft = {
  name: '',
  remark: '',
  type: 'internal',
  vpcId: '',
  networkId: '',
  choosesAddress: false,
  address: '',
  vmIds: [],
};

/** As the API wants it. */
export function toBody(draft: Draft) {
  const { name, remark, type, vpcId, networkId, vmIds } = draft;
  const body = { name: name.trim(), remark, type, vpcId, networkId, vmIds };
  return draft.choosesAddress ? { ...body, address: draft.address.trim() } : body;
}

/** The fields that each step of the wizard shows, as the API names them. */
export const STEP_FIELDS = [['name', 'remark', 'type'], ['vpcId', 'networkId', 'address'], ['vmIds']] as const;

const NAME_MAX = 128;
const REMARK_MAX = 255;

/** What is missing or wrong without asking the server; by field. */
export function missing(draft: Draft): Record<string, string> {
  const errors: Record<string, string> = {};
  if (draft.name.trim() === '') {
    errors['name'] = 'Give the VIP a name.';
  } else if ([...draft.name].length > NAME_MAX) {
    errors['name'] = `Shorten the name to ${NAME_MAX} characters.`;
  }
  if ([...draft.remark].length > REMARK_MAX) {
    errors['remark'] = `Shorten the remark to ${REMARK_MAX} characters.`;
  }
  if (draft.vpcId === '') {
    errors['vpcId'] = 'Choose a VPC.';
  }
  if (draft.networkId === '') {
    errors['networkId'] = draft.type === 'internal' ? 'Choose a subnet.' : 'Choose an external network.';
  }
  if (draft.choosesAddress && draft.address.trim() === '') {
    errors['address'] = 'Give an address, or let HAVIP choose one.';
  }
  return errors;
}
