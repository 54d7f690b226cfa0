import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useSession } from '../session/SessionGate';
import { NotificationBar } from './Notifications';
import { useColorMode } from './colorMode';
import { useIsNarrow } from './useIsNarrow';
import './Layout.css';

const NAVIGATION: SideNavigationProps.Item[] = [
  {
    type: 'section-group',
    title: 'Virtual machines',
    items: [
      { type: 'link', text: 'VIPs', href: '/vips' },
      { type: 'link', text: 'VMs', href: '/vms' },
    ],
  },
  {
    type: 'section-group',
    title: 'Networks',
    items: [
      { type: 'link', text: 'VPCs', href: '/vpcs' },
      { type: 'link', text: 'Subnets', href: '/subnets' },
      { type: 'link', text: 'External networks', href: '/external-networks' },
    ],
  },
  {
    type: 'section-group',
    title: 'Notifications',
    items: [{ type: 'link', text: 'Webhooks', href: '/webhooks' }],
  },
];

/** What every page has around it. */
export function Layout({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { session, signOut } = useSession();
  const { mode, toggle } = useColorMode();
  const isNarrow = useIsNarrow();
  const [isOpen, setOpen] = useState(!isNarrow);
  return (
    <>
      <div id="top-navigation">
        <TopNavigation
          identity={{
            href: '/',
            logo: { src: '/logo.svg', alt: 'HAVIP' },
            onFollow: (event) => {
              event.preventDefault();
              void navigate('/vips');
            },
          }}
          utilities={[
            {
              type: 'button',
              text: mode === 'dark' ? 'Light mode' : 'Dark mode',
              iconName: 'settings',
              onClick: toggle,
            },
            {
              type: 'menu-dropdown',
              text: session.actor,
              description: session.role === 'admin' ? 'Administrator' : 'Member',
              iconName: 'user-profile',
              ariaLabel: `Signed in as ${session.actor}`,
              items: [{ id: 'sign-out', text: 'Sign out' }],
              onItemClick: () => void signOut(),
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top-navigation"
        toolsHide
        navigation={
          <SideNavigation
            activeHref={`/${pathname.split('/')[1]}`}
            items={NAVIGATION}
            onFollow={(event) => {
              event.preventDefault();
              if (isNarrow) {
                setOpen(false);
              }
              void navigate(event.detail.href);
            }}
          />
        }
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={220}
        notifications={<NotificationBar />}
        stickyNotifications
        content={children}
        contentType="default"
        maxContentWidth={1800}
      />
    </>
  );
}
