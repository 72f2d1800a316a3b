import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

const withClock = () => {
  const clock = { at: 0 };
  return { clock, pace: createPace({ now: () => clock.at + performance.now() }) };
};

test('a shop that answers quickly is not waited for', async () => {
  const { clock, pace } = withClock();
  for (let page = 0; page < 20; page++) {
    clock.at += 300;
    pace.add(300);
    await pace.rest();
  }
  expect(pace.spent()).toMatchObject({ statements: 20, ms: 6000, restedMs: 0 });
});

test('a slow shop rests as long as its page took, and the time of writing counts as rest', async () => {
  const { clock, pace } = withClock();
  clock.at += 500;
  pace.add(500);
  await pace.rest();
  expect(pace.spent().restedMs).toBeGreaterThanOrEqual(480);
  expect(pace.spent().restedMs).toBeLessThan(1500);

  const before = pace.spent().restedMs;
  clock.at += 500 + 450; // 450 ms of them were writing
  pace.add(500);
  await pace.rest();
  expect(pace.spent().restedMs - before).toBeGreaterThanOrEqual(30);
  expect(pace.spent().restedMs - before).toBeLessThan(400);
});

test('whoever stops does not wait for the rest to end', async () => {
  const { clock, pace } = withClock();
  clock.at += 20_000;
  pace.add(20_000);
  const rested = pace.rest();
  pace.hurry();
  await rested;
  pace.add(20_000);
  await pace.rest();
  expect(pace.spent().restedMs).toBeLessThan(5000);
});
