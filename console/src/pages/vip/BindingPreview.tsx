import Alert from '@cloudscape-design/components/alert';
import type { Preview, Vip, Vm } from '../../api/client';

interface Props {
  vip: Vip;
  preview: Preview;
  vms: Vm[];
}

/** What a change of the bindings would do. */
export function BindingPreview({ vip, preview, vms }: Props) {
  const name = (id: string) => vms.find((vm) => vm.id === id)?.name ?? id;
  const names = (ids: string[]) => ids.map(name).join(', ');
  const losesHolder = preview.holderLoses.length > 0;
  const isOutdating = preview.outdatedConfigurations.length > 0;
  return (
    <Alert type={losesHolder || isOutdating ? 'warning' : 'info'} header="What will change">
      <ul>
        {preview.add.length > 0 && (
          <li>
            {names(preview.add)} will be bound and may claim {vip.address}.
          </li>
        )}
        {preview.remove.length > 0 && <li>{names(preview.remove)} will be unbound and may no longer claim it.</li>}
        {losesHolder && (
          <li>
            {names(preview.holderLoses)} holds the VIP now and loses it at once; it is silent until another VM takes
            over.
          </li>
        )}
        {preview.risks.map((risk) => (
          <li key={risk}>Risk: {risk}.</li>
        ))}
        {preview.attachNics.length > 0 && (
          <li>
            {names(preview.attachNics.map(({ vmId }) => vmId))} will get a NIC on the external network, to be plugged.
          </li>
        )}
        {isOutdating && (
          <li>
            The configuration of {names(preview.outdatedConfigurations)} will be outdated: install a new one in each, or
            two VMs may hold the VIP at once.
          </li>
        )}
      </ul>
    </Alert>
  );
}
