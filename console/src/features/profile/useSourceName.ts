import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '@/shared/api/client';

/** The sources there are. */
export const useSourceNames = () =>
  useQuery({
    queryKey: ['sources', 'names'],
    queryFn: () => answerOf(api.GET('/api/sources', {})),
    staleTime: 60_000,
  }).data?.items ?? [];

/** What a source is called; its number as long as nobody knows. */
export function useSourceName(): (id: number) => string {
  const { t } = useTranslation();
  const sources = useSourceNames();
  return (id) => sources.find((one) => one.id === id)?.name ?? t('customer.sourceNumber', { id });
}
