import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const keysKey = ['keys'] as const;

export const useKeys = () => useList(keysKey, () => answerOf(api.GET('/api/keys')));
