import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { saveFile } from '@/shared/saveFile';

/** Fetched and then saved: a link to it could not say why somebody looks. */
export async function takeArchive(customerId: string): Promise<void> {
  const archive = await answerOf(
    api.GET('/api/customers/{id}/archive', {
      params: { path: { id: customerId } },
      headers: { Accept: 'application/zip, application/problem+json' },
      parseAs: 'blob',
    }),
  );
  saveFile(archive, `customer-${customerId}.zip`);
}

export const useArchive = (customerId: string) => useMutation({ mutationFn: () => takeArchive(customerId) });
