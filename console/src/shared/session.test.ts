import { expect, it } from 'vitest';
import { allows } from './session';

it('shows to each role what the server would let it do', () => {
  expect(allows(['PLANNER'], 'plan')).toBe(true);
  expect(allows(['PLANNER'], 'approve')).toBe(false);
  expect(allows(['APPROVER'], 'approve')).toBe(true);
  expect(allows(['APPROVER'], 'plan')).toBe(false);
  expect(allows(['ADMIN'], 'administer')).toBe(true);
  expect(allows(['ANALYST', 'VIEWER'], 'plan')).toBe(false);
});
