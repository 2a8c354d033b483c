import { describe, expect, it } from 'vitest';
import { allReplayed, type Replay } from './allReplayed';

const part = (looked: number, replayed: number, left: Replay['left'], nextCursor: string | null): Replay => ({
  dryRun: false,
  looked,
  replayed,
  known: 1,
  left,
  nextCursor,
});

describe('a replay of more items than one call looks at', () => {
  it('goes on with the cursor of each answer and adds them up', async () => {
    const answers = new Map([
      [undefined, part(50, 10, [{ why: 'a', items: 39 }], 'one')],
      [
        'one',
        part(
          50,
          20,
          [
            { why: 'b', items: 28 },
            { why: 'a', items: 1 },
          ],
          'two',
        ),
      ],
      ['two', part(5, 1, [{ why: 'b', items: 30 }], null)],
    ]);
    const asked: (string | undefined)[] = [];
    const all = await allReplayed((cursor) => {
      asked.push(cursor);
      return Promise.resolve(answers.get(cursor)!);
    });
    expect(asked).toEqual([undefined, 'one', 'two']);
    expect(all).toEqual({
      dryRun: false,
      looked: 105,
      replayed: 31,
      known: 3,
      left: [
        { why: 'b', items: 58 },
        { why: 'a', items: 40 },
      ],
      nextCursor: null,
    });
  });
});
