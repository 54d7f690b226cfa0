import Box from '@cloudscape-design/components/box';
import { AppLink } from '../components/AppLink';

export function NotFoundPage() {
  return (
    <Box padding="xxl" textAlign="center">
      <title>Not found – HAVIP</title>
      <Box variant="h1">There is nothing here</Box>
      <AppLink href="/vips">Go to the VIPs</AppLink>
    </Box>
  );
}
