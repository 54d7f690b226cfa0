import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { Network } from '../../api/client';
import { TextField } from '../../components/TextField';
import type { NicDraft } from './nicDraft';

interface Props {
  draft: NicDraft;
  networks: Network[];
  errors: Record<string, string>;
  onChange: (draft: NicDraft) => void;
}

export function NicFields({ draft, networks, errors, onChange }: Props) {
  const network = networks.find(({ id }) => id === draft.networkId);
  const field = (name: keyof NicDraft) => ({
    value: draft[name],
    error: errors[name],
    optional: true,
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <>
      <FormField label="Network" errorText={errors['networkId']}>
        <Select
          selectedOption={network ? option(network) : null}
          placeholder="Choose a network"
          empty="The VPC has no subnet"
          options={networks.map(option)}
          onChange={({ detail }) => onChange({ ...draft, networkId: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <TextField label="Address" placeholder="HAVIP chooses one" {...field('address')} />
      <TextField label="MAC address" placeholder="HAVIP makes one" {...field('mac')} />
      <TextField
        label="Port"
        description="The interface at the fabric's end, like a tap or veth."
        placeholder="HAVIP names one"
        {...field('port')}
      />
      <TextField
        label="Allowed sources"
        description="What it may send from beside its own address, for routers and load balancers."
        placeholder="10.88.0.0/24"
        {...field('allowedSources')}
      />
    </>
  );
}

function option({ id, name, cidr }: Network) {
  return { value: id, label: name, description: cidr };
}
