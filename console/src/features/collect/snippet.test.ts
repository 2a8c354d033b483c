import { describe, expect, it } from 'vitest';
import script from './snippet.js?raw';

interface Sent {
  keepalive: boolean;
  body: string;
  ids: string[];
}

interface Rekindle {
  track: (event: string, properties?: Record<string, unknown>) => void;
}

const blocked = () => {
  throw new Error('SecurityError');
};

/** A page with the snippet in it, and a server that answers as it is told; time passes when it is asked to. */
function page(answer: (sent: Sent) => number, storage?: object) {
  const sent: Sent[] = [];
  const told: string[] = [];
  const timers: { work: () => void; millis: number }[] = [];
  const stored = new Map<string, string>();
  const window = {
    localStorage: storage ?? {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
    },
    crypto: globalThis.crypto,
    console: { error: (what: string) => void told.push(what) },
    setTimeout: (work: () => void, millis: number) => void timers.push({ work, millis }),
  } as Record<string, unknown>;
  if (storage === null) {
    Object.defineProperty(window, 'localStorage', { get: blocked });
  }
  const fetch = (_: string, { keepalive, body }: { keepalive: boolean; body: string }) => {
    const one = {
      keepalive,
      body,
      ids: (JSON.parse(body) as { batch: { event: string }[] }).batch.map(({ event }) => event),
    };
    sent.push(one);
    return Promise.resolve({ status: answer(one), headers: new Headers() });
  };
  const run = new Function('window', 'fetch', 'location', 'navigator', 'document', script) as (
    ...all: unknown[]
  ) => void;
  run(
    window,
    fetch,
    { pathname: '/', href: 'https://shop.example/' },
    { language: 'en' },
    { referrer: '', title: 'Shop' },
  );
  /** Until nothing is to be done within so many seconds. */
  const pass = async (seconds = 0) => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const due = timers.findIndex(({ millis }) => millis <= seconds * 1000);
      if (due < 0) return;
      timers.splice(due, 1)[0]?.work();
    }
  };
  return { rekindle: window.rekindle as Rekindle, sent, told, stored, timers, pass };
}

const bytes = (text: string) => new TextEncoder().encode(text).length;
const waiting = (stored: Map<string, string>) =>
  (JSON.parse(stored.get('rekindle.queue') ?? '[]') as { event: string }[]).map(({ event }) => event);

describe('the snippet', () => {
  it('sends each item once, in batches a browser lets outlive its page', async () => {
    const { rekindle, sent, stored, pass } = page(() => 200);
    for (let i = 0; i < 30; i++) rekindle.track(`E${i}`, { text: '茶'.repeat(3_000) });
    await pass();
    expect(sent.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 30 }, (_, i) => `E${i}`));
    for (const { body, keepalive } of sent) {
      expect(bytes(body)).toBeLessThan(60_000);
      expect(keepalive).toBe(true);
    }
    expect(waiting(stored)).toEqual([]);
  });

  it('sends an item that is too large for that without it', async () => {
    const { rekindle, sent, pass } = page(() => 200);
    rekindle.track('Large', { text: 'x'.repeat(70_000) });
    await pass();
    expect(sent.map(({ ids, keepalive }) => [ids, keepalive])).toEqual([[['Large'], false]]);
  });

  it.each([
    ['blocked', null],
    ['full', { getItem: () => null, setItem: blocked }],
    ['not there', undefined],
  ])('works where the storage is %s', async (_, storage) => {
    const { rekindle, sent, pass } = page(() => 200, storage === undefined ? {} : (storage as unknown as object));
    rekindle.track('A');
    rekindle.track('B');
    await pass();
    expect(sent.flatMap(({ ids }) => ids)).toEqual(['A', 'B']);
    const people = sent.flatMap(({ body }) =>
      (JSON.parse(body) as { batch: { anonymousId: string }[] }).batch.map(({ anonymousId }) => anonymousId),
    );
    expect(new Set(people).size).toBe(1);
  });

  it('halves what is too much until the one is found that is, gives that up and says so', async () => {
    const { rekindle, sent, told, stored, pass } = page(({ ids }) => (ids.includes('Bad') ? 413 : 200));
    rekindle.track('A');
    for (const event of ['B', 'C', 'Bad', 'D', 'E', 'F', 'G']) rekindle.track(event);
    await pass();
    const taken = sent.filter(({ ids }) => !ids.includes('Bad')).flatMap(({ ids }) => ids);
    expect(taken).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    expect(told).toHaveLength(1);
    expect(waiting(stored)).toEqual([]);
  });

  it.each([401, 403])('keeps what is refused with %d, says so and sends it again later', async (status) => {
    let now = status;
    const { rekindle, told, stored, pass } = page(() => now);
    rekindle.track('A');
    rekindle.track('B');
    await pass(60);
    expect(waiting(stored)).toEqual(['A', 'B']);
    expect(told).toHaveLength(1);
    now = 200;
    await pass(300);
    expect(waiting(stored)).toEqual([]);
  });
});
