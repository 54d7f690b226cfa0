import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { ApiError } from './api/client';
import { Layout } from './layout/Layout';
import { Notifications } from './layout/Notifications';
import { LiveEvents } from './live/LiveEvents';
import { CreateVipPage } from './pages/create-vip/CreateVipPage';
import { ExternalNetworksPage } from './pages/external-networks/ExternalNetworksPage';
import { NotFoundPage } from './pages/NotFoundPage';
import { SubnetsPage } from './pages/subnets/SubnetsPage';
import { VipPage } from './pages/vip/VipPage';
import { VipsPage } from './pages/vips/VipsPage';
import { VmPage } from './pages/vms/VmPage';
import { VmsPage } from './pages/vms/VmsPage';
import { VpcsPage } from './pages/vpcs/VpcsPage';
import { WebhooksPage } from './pages/webhooks/WebhooksPage';
import { SessionGate } from './session/SessionGate';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What changes is told by the live events; a refusal stays one however often one asks.
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.isRefusal),
    },
  },
});

export function App() {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <SessionGate>
            <LiveEvents>
              <Notifications>
                <Layout>
                  <Routes>
                    <Route path="/" element={<Navigate to="/vips" replace />} />
                    <Route path="/vips" element={<VipsPage />} />
                    <Route path="/vips/create" element={<CreateVipPage />} />
                    <Route path="/vips/:id" element={<VipPage />} />
                    <Route path="/vpcs" element={<VpcsPage />} />
                    <Route path="/subnets" element={<SubnetsPage />} />
                    <Route path="/external-networks" element={<ExternalNetworksPage />} />
                    <Route path="/vms" element={<VmsPage />} />
                    <Route path="/vms/:id" element={<VmPage />} />
                    <Route path="/webhooks" element={<WebhooksPage />} />
                    <Route path="*" element={<NotFoundPage />} />
                  </Routes>
                </Layout>
              </Notifications>
            </LiveEvents>
          </SessionGate>
        </BrowserRouter>
      </QueryClientProvider>
    </I18nProvider>
  );
}
