import { useOverview } from './api/readOverview';

/** The one currency this installation counts in. */
export function useCurrency(): string {
  return useOverview().data?.currency ?? 'EUR';
}

/** The same for what is sent to the server; empty until it is known. */
export function useKnownCurrency(): string {
  return useOverview().data?.currency ?? '';
}
