import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, answer, type Webhook } from '../../api/client';
import { useWebhooks } from '../../api/inventory';
import { Code } from '../../components/Code';
import { InventoryTable } from '../../components/InventoryTable';
import type { Column } from '../../components/ListTable';
import { lastColumns } from '../../components/columns';
import { CreateWebhook } from './CreateWebhook';
import { DeliverySign } from './DeliverySign';
import { EditWebhook } from './EditWebhook';
import { kindName } from './WebhookFields';

const COLUMNS: Column<Webhook>[] = [
  { id: 'name', header: 'Name', essential: true, isRowHeader: true, sortingField: 'name', cell: ({ name }) => name },
  { id: 'url', header: 'URL', width: 260, sortingField: 'url', cell: ({ url }) => url },
  {
    id: 'delivery',
    header: 'Delivery',
    essential: true,
    width: 230,
    cell: (webhook) => <DeliverySign webhook={webhook} />,
  },
  {
    id: 'kinds',
    header: 'What it is told',
    width: 220,
    cell: ({ kinds }) => kinds.map(kindName).join(', ') || 'Everything',
  },
  ...lastColumns<Webhook>(),
];

/** Whom HAVIP calls when something happens. */
export function WebhooksPage() {
  const webhooks = useWebhooks();
  const [open, setOpen] = useState<'create' | Webhook>();
  const [made, setMade] = useState<Webhook>();
  const close = () => setOpen(undefined);
  return (
    <>
      <InventoryTable
        title="Webhooks"
        singular="webhook"
        description="HAVIP calls them for each event, until they have taken it."
        columns={COLUMNS}
        list={webhooks}
        remove={(id) => answer(api.DELETE('/v1/webhooks/{id}', { params: { path: { id } } }))}
        doomed={({ id, name, url }) => ({ id, name, detail: url, warning: 'It is told nothing more' })}
        empty="No webhooks yet"
        onCreate={() => setOpen('create')}
        onEdit={setOpen}
      />
      {open === 'create' && <CreateWebhook onMade={setMade} onClose={close} />}
      {typeof open === 'object' && <EditWebhook webhook={open} onClose={close} />}
      {open === undefined && made?.secret !== undefined && (
        <Modal
          visible
          header={`The secret of ${made.name}`}
          onDismiss={() => setMade(undefined)}
          footer={
            <Box float="right">
              <Button variant="primary" onClick={() => setMade(undefined)}>
                I have it
              </Button>
            </Box>
          }
        >
          <SpaceBetween size="m">
            <Box>HAVIP signs its calls with this secret. It is shown now and never again.</Box>
            <Code name="Secret" text={made.secret} />
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}
