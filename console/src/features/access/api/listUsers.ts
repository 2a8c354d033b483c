import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const usersKey = ['users'] as const;

export const useUsers = () => useList(usersKey, () => answerOf(api.GET('/api/users')));
