// What is kept, shown while it rests, and read behind whoever asks: by a clock of the test's own and works that count how often they ran.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import type { Tx } from './db.ts';
import { createKeep } from './kept.ts';

const tenantId = '1' as TenantId;
const page = 'page' as unknown as Tx;
const own = 'own' as unknown as Tx;
const second = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function openShelf({ costMs = 0 } = {}) {
  let changedAtMs = -1;
  let isBroken = false;
  const read: string[] = [];
  const withTenant = async <T>(_: TenantId, work: (tx: Tx) => Promise<T>) => await work(own);
  const keep = createKeep({ feed: { changedAtMs: () => changedAtMs }, db: { withTenant } });
  const load = async (tx: Tx) => {
    read.push(String(tx));
    const number = read.length;
    if (costMs > 0) await new Promise((resolve) => setTimeout(resolve, costMs));
    if (isBroken) throw new Error('cut');
    return `reading ${number}`;
  };
  const ask = (rest = 0) => keep(page, { tenantId, name: 'x', restMs: () => rest }, load);
  const change = () => {
    changedAtMs = performance.now();
  };
  return {
    read,
    ask,
    change,
    /** Reads what may rest, and then rows change. */
    async readAndChange() {
      const first = ask(5 * second);
      await vi.advanceTimersByTimeAsync(costMs);
      await first;
      change();
    },
    break(isIt: boolean) {
      isBroken = isIt;
    },
  };
}

test('what nothing changed is read once for all, and again after half a minute', async () => {
  const { ask, read } = openShelf();
  expect(await Promise.all([ask(), ask()])).toEqual(['reading 1', 'reading 1']);
  await vi.advanceTimersByTimeAsync(29 * second);
  expect(await ask()).toBe('reading 1');
  await vi.advanceTimersByTimeAsync(2 * second);
  expect(await ask()).toBe('reading 2');
  expect(read).toEqual(['page', 'page']);
});

test('who may not be shown an old one reads it anew after a change', async () => {
  const { ask, change } = openShelf();
  await ask();
  await vi.advanceTimersByTimeAsync(10);
  change();
  await vi.advanceTimersByTimeAsync(10);
  expect(await ask()).toBe('reading 2');
});

test('what rests is shown although rows changed; then it is read behind whoever asks, once, and nobody waits', async () => {
  const { ask, readAndChange, read } = openShelf({ costMs: 20 });
  await readAndChange();
  await vi.advanceTimersByTimeAsync(4 * second);
  expect([await ask(5 * second), read.length]).toEqual(['reading 1', 1]);
  await vi.advanceTimersByTimeAsync(2 * second);
  expect([await ask(5 * second), await ask(5 * second)]).toEqual(['reading 1', 'reading 1']);
  expect(read).toEqual(['page', 'own']);
  await vi.advanceTimersByTimeAsync(20);
  expect(await ask(5 * second)).toBe('reading 2');
});

test('what costs more rests longer: fifty times its cost', async () => {
  const { ask, readAndChange, read } = openShelf({ costMs: 300 });
  await readAndChange();
  await vi.advanceTimersByTimeAsync(14 * second);
  await ask(5 * second);
  expect(read.length).toBe(1);
  await vi.advanceTimersByTimeAsync(2 * second);
  await ask(5 * second);
  expect(read.length).toBe(2);
});

test('who may not be shown an old one waits for the reading that began after the change', async () => {
  const { ask, readAndChange, read } = openShelf({ costMs: 100 });
  await readAndChange();
  await vi.advanceTimersByTimeAsync(6 * second);
  await ask(5 * second);
  const waiting = ask();
  await vi.advanceTimersByTimeAsync(100);
  expect([await waiting, read]).toEqual(['reading 2', ['page', 'own']]);
});

test('of more than a minute ago nothing is shown, and after a reading that failed the next one who asks reads', async () => {
  const { ask, change, read, break: breakIt } = openShelf();
  await ask(5 * second);
  await vi.advanceTimersByTimeAsync(61 * second);
  expect(await ask(5 * second)).toBe('reading 2');
  change();
  await vi.advanceTimersByTimeAsync(6 * second);
  breakIt(true);
  expect(await ask(5 * second)).toBe('reading 2');
  await vi.advanceTimersByTimeAsync(1);
  await expect(ask(5 * second)).rejects.toThrow('cut');
  breakIt(false);
  expect(await ask(5 * second)).toBe('reading 5');
  expect(read).toEqual(['page', 'page', 'own', 'page', 'page']);
});
