import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const sourcesKey = ['sources'] as const;

export const useSources = () => useList(sourcesKey, () => answerOf(api.GET('/api/sources')));
