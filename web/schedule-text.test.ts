import { expect, test } from 'vitest';
import { nextFire, scheduleText } from './schedule-text.ts';

const now = new Date('2026-01-01T10:02:30Z');

test('minute schedules read as words and say when they fire next', () => {
  expect(scheduleText('* * * * *')).toBe('a cada minuto');
  expect(nextFire('* * * * *', now)?.toISOString()).toBe('2026-01-01T10:03:00.000Z');
  expect(scheduleText('*/5 * * * *')).toBe('a cada 5 minutos');
  expect(nextFire('*/5 * * * *', now)?.toISOString()).toBe('2026-01-01T10:05:00.000Z');
});

test('any other expression stands as it is, without a guess', () => {
  for (const cron of ['*/7 * * * *', '0 3 * * *', '0 * * * 1-5']) {
    expect(scheduleText(cron)).toBe(cron);
    expect(nextFire(cron, now)).toBeNull();
  }
});
