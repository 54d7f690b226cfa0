import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { useNavigate } from 'react-router';

interface Props {
  /** The list that the page belongs to. */
  list: string;
  href: string;
  here: string;
}

/** Where the page is: in the browser's title, and as a way back. */
export function Trail({ list, href, here }: Props) {
  const navigate = useNavigate();
  return (
    <>
      <title>{`${here} – HAVIP`}</title>
      <BreadcrumbGroup
        ariaLabel="Breadcrumbs"
        items={[
          { text: list, href },
          { text: here, href: '#' },
        ]}
        onFollow={(event) => {
          event.preventDefault();
          void navigate(event.detail.href);
        }}
      />
    </>
  );
}
