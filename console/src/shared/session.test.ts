import { expect, it } from 'vitest';
import { allows } from './session';

it('shows to each role what the server would let it do', () => {
  expect(allows(['planner'], 'plan')).toBe(true);
  expect(allows(['planner'], 'approve')).toBe(false);
  expect(allows(['approver'], 'approve')).toBe(true);
  expect(allows(['approver'], 'plan')).toBe(false);
  expect(allows(['admin'], 'administer')).toBe(true);
  expect(allows(['analyst', 'viewer'], 'plan')).toBe(false);
  expect(allows(['analyst'], 'study')).toBe(true);
  expect(allows(['approver'], 'study')).toBe(true);
  expect(allows(['viewer'], 'study')).toBe(false);
});
