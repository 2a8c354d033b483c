import { useOverview } from './api/readOverview';

/** The one currency this installation counts in. */
export function useCurrency(): string {
  return useOverview().data?.currency ?? 'EUR';
}
