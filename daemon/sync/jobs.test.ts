import { expect, test } from 'vitest';
import type { SiteId } from '#shared/ids.ts';
import { nextAttempt } from './jobs.ts';
import { secondOf, validateCron } from './schedule.ts';

const finishedAt = new Date('2025-01-15T12:00:00Z');
const failed = (retry: string) => ({ state: 'failed', retry, finishedAt });
const good = { state: 'succeeded', retry: null, finishedAt };
const minutesAfter = (runs: Parameters<typeof nextAttempt>[0]) =>
  (nextAttempt(runs).getTime() - finishedAt.getTime()) / 60_000;

test('a shop that fails is asked less and less often, the least when a person must mend something', () => {
  expect(minutesAfter([failed('next-run'), good])).toBe(0);
  expect(minutesAfter([failed('next-run'), failed('next-run'), good])).toBe(1);
  expect(minutesAfter([...Array(4).fill(failed('next-run')), good])).toBe(4);
  expect(minutesAfter(Array(10).fill(failed('next-run')))).toBe(15);
  expect(minutesAfter(Array(10).fill(failed('after-fix')))).toBe(60);
});

test('a shop that is well, or was never read, need not wait', () => {
  expect(nextAttempt([good, failed('next-run')]).getTime()).toBe(0);
  expect(nextAttempt([]).getTime()).toBe(0);
});

test('cron expressions have five fields: a shop is read once a minute at most', () => {
  expect(validateCron('*/5 * * * *')).toBe(true);
  expect(validateCron('*/5 * * * * *')).toBe(false);
  expect(validateCron('61 * * * *')).toBe(false);
  expect(validateCron('nunca')).toBe(false);
});

test('shops are spread over the minute', () => {
  const seconds = new Set(Array.from({ length: 200 }, (_, index) => secondOf(String(index + 1) as SiteId)));
  expect(seconds.size).toBeGreaterThan(40);
  expect([...seconds].every((second) => second >= 0 && second < 60)).toBe(true);
});
