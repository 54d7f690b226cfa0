import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { sentence } from '../api/formErrors';

/** Has the server say what would be risky, and do nothing. */
export type TryOut = (id: string) => Promise<unknown>;

/** What the server warns of before something is done to these. */
export function Risks({ ids, tryOut }: { ids: string[]; tryOut: TryOut }) {
  const { data: risks = [] } = useQuery({
    queryKey: ['risks', ids],
    queryFn: async () => {
      const previews = (await Promise.all(ids.map(tryOut))) as { risks: string[] }[];
      return [...new Set(previews.flatMap((preview) => preview.risks))];
    },
    gcTime: 0,
  });
  return risks.map((risk) => (
    <Alert key={risk} type="warning">
      {sentence(risk)}
    </Alert>
  ));
}
