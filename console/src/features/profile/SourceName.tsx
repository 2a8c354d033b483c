import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '@/shared/api/client';

/** What a source is called; its number as long as nobody knows. */
export function SourceName({ id }: { id: number }) {
  const { t } = useTranslation();
  const sources = useQuery({
    queryKey: ['sources', 'names'],
    queryFn: () => answerOf(api.GET('/api/sources', {})),
    staleTime: 60_000,
  });
  return <>{sources.data?.items.find((one) => one.id === id)?.name ?? t('customer.sourceNumber', { id })}</>;
}
