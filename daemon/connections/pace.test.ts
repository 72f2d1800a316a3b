import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace, type Pace } from './pace.ts';

let pace: Pace;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  pace = createPace({ now: () => performance.now() });
});
afterEach(() => vi.useRealTimers());

const take = (ms: number) => {
  vi.advanceTimersByTime(ms);
  pace.add(ms);
};
const rest = async () => {
  const rested = pace.rest();
  await vi.runAllTimersAsync();
  await rested;
};

test('a shop that answers quickly is not waited for', async () => {
  for (let page = 0; page < 20; page++) {
    take(300);
    await rest();
  }
  expect(pace.spent()).toEqual({ statements: 20, ms: 6000, restedMs: 0 });
});

test('a slow shop rests as long as its page took, and the time of writing counts as rest', async () => {
  take(500);
  await rest();
  expect(pace.spent().restedMs).toBe(500);

  vi.advanceTimersByTime(450); // writing
  take(500);
  await rest();
  expect(pace.spent().restedMs).toBe(550);
});

test('whoever stops does not wait for the rest to end', async () => {
  take(20_000);
  const rested = pace.rest();
  pace.hurry();
  await rested;
  pace.add(20_000);
  await pace.rest();
  expect(pace.spent().restedMs).toBe(0);
});
