import { expect, test } from 'vitest';
import { parseKeep } from '#shared/backup-keep.ts';
import { chooseKept } from './retention.ts';

const backups = (...times: string[]) => times.map((time) => ({ madeAt: new Date(`${time}:00Z`) }));
const keptOf = (times: string[], keep: string) =>
  [...chooseKept(backups(...times), parseKeep(keep)!)].map(({ madeAt }) => madeAt.toISOString().slice(0, 16)).sort();

test('the newest of each day, week and month that has one stays', () => {
  const times = [
    '2026-01-15T04:30',
    '2026-01-31T04:30',
    '2026-02-22T04:30',
    '2026-02-23T04:30',
    '2026-02-23T09:00',
    '2026-02-24T04:30',
  ];
  expect(keptOf(times, '2d')).toEqual(['2026-02-23T09:00', '2026-02-24T04:30']);
  // The 22nd was a Sunday.
  expect(keptOf(times, '1d2s')).toEqual(['2026-02-22T04:30', '2026-02-24T04:30']);
  expect(keptOf(times, '2m')).toEqual(['2026-01-31T04:30', '2026-02-24T04:30']);
});

test('a text is days, weeks and months in this order, and keeps something', () => {
  expect(parseKeep('7d4s6m')).toEqual({ days: 7, weeks: 4, months: 6 });
  expect(parseKeep('30d')).toEqual({ days: 30, weeks: 0, months: 0 });
  for (const wrong of ['', '0d', '7', '7d4w', '6m7d', '-1d']) expect(parseKeep(wrong)).toBeNull();
});
