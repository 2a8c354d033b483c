import { expect, it } from 'vitest';
import { calledBy } from './useCards';

it('calls a customer by the best that is known', () => {
  const card = { customerId: '7', userId: 'u-7', name: null, email: 'a***@e…', phone: null };
  expect(calledBy('7', { ...card, name: 'A***' })).toBe('A***');
  expect(calledBy('7', card)).toBe('u-7');
  expect(calledBy('7', { ...card, userId: null })).toBe('a***@e…');
  expect(calledBy('7', undefined)).toBe('7');
});
