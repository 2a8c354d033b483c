import type { components } from '@/shared/api/schema';

export type Replay = components['schemas']['io.rekindle.collect.intake.Quarantine.Replay'];

/** Asks again with the cursor of each answer until there is none, and adds the answers up. */
export async function allReplayed(ask: (cursor?: string) => Promise<Replay>): Promise<Replay> {
  let all = await ask();
  while (all.nextCursor) {
    const more = await ask(all.nextCursor);
    const left = new Map(all.left.map(({ why, items }) => [why, items]));
    for (const { why, items } of more.left) {
      left.set(why, (left.get(why) ?? 0) + items);
    }
    all = {
      ...more,
      looked: all.looked + more.looked,
      replayed: all.replayed + more.replayed,
      known: all.known + more.known,
      left: [...left].map(([why, items]) => ({ why, items })).sort((a, b) => b.items - a.items),
    };
  }
  return all;
}
