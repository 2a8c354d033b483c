import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const importsKey = ['imports'] as const;

export const useImports = () =>
  useList(importsKey, (cursor) => answerOf(api.GET('/api/imports', { params: { query: { cursor } } })));
