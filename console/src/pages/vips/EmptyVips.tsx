import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';

/** What stands in place of the list when there is nothing in it. */
export function EmptyVips({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const navigate = useNavigate();
  return isFiltered ? (
    <SpaceBetween size="m">
      <Box variant="strong">No VIP matches</Box>
      <Button onClick={onClear}>Clear filters</Button>
    </SpaceBetween>
  ) : (
    <SpaceBetween size="m">
      <Box variant="strong">No VIPs yet</Box>
      <Box color="text-body-secondary">A VIP is an address that moves to a healthy VM by itself.</Box>
      <Button onClick={() => void navigate('/vips/create')}>Create VIP</Button>
    </SpaceBetween>
  );
}
