import { describe, expect, it } from 'vitest';
import { followed } from './source';

type Latest = Parameters<typeof followed>[1];

const latest = (upTo: number, ...seqs: number[]) =>
  ({ upTo, items: seqs.map((seq) => ({ seq })) }) as unknown as Latest;
const seqs = ({ items }: Latest) => items.map(({ seq }) => seq);

describe('the last events of a source', () => {
  it('are what was there at first, and later what came since before it', () => {
    const first = followed(undefined, latest(10, 9, 7));
    expect(seqs(first)).toEqual([9, 7]);
    const second = followed(first, latest(15, 14, 11));
    expect(seqs(second)).toEqual([14, 11, 9, 7]);
    expect(second.upTo).toBe(15);
    expect(seqs(followed(second, latest(20)))).toEqual([14, 11, 9, 7]);
  });

  it('are no more than are shown', () => {
    const many = latest(100, ...Array.from({ length: 50 }, (_, i) => 100 - i));
    expect(seqs(followed(many, latest(101, 101)))).toHaveLength(50);
    expect(seqs(followed(many, latest(101, 101)))[0]).toBe(101);
  });
});
