import { beforeEach, expect, it, vi } from 'vitest';
import { forgetReasons, giveReason, hasReason, onReason, reasonFor } from './accessReason';
import { withReason } from './client';

beforeEach(forgetReasons);

it('sends no reason that nobody gave', () => {
  expect(reasonFor('http://x/api/customers/17')).toBeNull();
  expect(hasReason('17')).toBe(false);
});

it('keeps a reason for one customer to that customer', () => {
  giveReason(' 客户来电, ticket 7 ', '17');
  expect(decodeURIComponent(reasonFor('http://x/api/customers/17') ?? '')).toBe('客户来电, ticket 7');
  expect(reasonFor('http://x/api/customers/17/timeline?cursor=1')).not.toBeNull();
  expect(reasonFor('http://x/api/customers/171')).toBeNull();
  expect(reasonFor('http://x/api/customers')).toBeNull();
  expect(reasonFor('http://x/api/customers/search')).toBeNull();
  expect(hasReason('18')).toBe(false);
});

it('takes a reason for the whole session everywhere, and the one for a customer before it', () => {
  giveReason('monthly review');
  giveReason('complaint', '-17');
  expect(reasonFor('http://x/api/customers/search')).toBe('monthly%20review');
  expect(reasonFor('http://x/api/customers/-17')).toBe('complaint');
  expect(reasonFor('http://x/api/customers/5')).toBe('monthly%20review');
});

it('forgets all when somebody signs out, and says so', () => {
  const heard = vi.fn();
  const stop = onReason(heard);
  giveReason('x', '17');
  forgetReasons();
  stop();
  giveReason('y');
  expect(heard).toHaveBeenCalledTimes(2);
  forgetReasons();
  expect(hasReason('17')).toBe(false);
});

it('puts the reason into the header of the call', () => {
  giveReason('complaint', '17');
  expect(withReason(new Request('http://x/api/customers/17')).headers.get('X-Access-Reason')).toBe('complaint');
  expect(withReason(new Request('http://x/api/overview')).headers.has('X-Access-Reason')).toBe(false);
});
