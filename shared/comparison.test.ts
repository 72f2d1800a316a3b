import { expect, test } from 'vitest';
import { changeOf, previousPeriod } from './comparison.ts';
import type { Figures } from './figures.ts';

const timeZone = 'America/Sao_Paulo';
// Wednesday, 15:30 in São Paulo
const now = new Date('2025-01-15T18:30:00Z');
const before = (firstDay: string | null, lastDay: string | null) =>
  previousPeriod({ firstDay, lastDay }, { timeZone, now });

test('today is compared with the same weekday a week ago, up to the same time of day', () => {
  expect(before('2025-01-15', '2025-01-15')).toEqual({
    firstDay: '2025-01-08',
    lastDay: '2025-01-08',
    from: new Date('2025-01-08T03:00:00Z'),
    to: new Date('2025-01-08T18:30:00Z'),
  });
});

test('a week is compared with the week before', () => {
  expect(before('2025-01-06', '2025-01-12')).toMatchObject({
    firstDay: '2024-12-30',
    lastDay: '2025-01-05',
    to: new Date('2025-01-06T03:00:00Z'),
  });
});

test('ten days move by two weeks, so that the weekdays agree', () => {
  expect(before('2025-01-01', '2025-01-10')).toMatchObject({
    firstDay: '2024-12-18',
    lastDay: '2024-12-27',
  });
});

test('a running month is compared with as much as has passed of it', () => {
  expect(before('2025-01-01', '2025-01-15')).toMatchObject({
    firstDay: '2024-12-11',
    lastDay: '2024-12-25',
    to: new Date('2024-12-25T18:30:00Z'),
  });
});

test('a period that has not begun is compared as a whole', () => {
  expect(before('2025-02-03', '2025-02-09')).toMatchObject({
    from: new Date('2025-01-27T03:00:00Z'),
    to: new Date('2025-02-03T03:00:00Z'),
  });
});

test('everything has no period before it', () => {
  expect(before(null, null)).toBeNull();
});

/** Figures with so many leads, and a rate over so many carts. */
const figures = (leads: number, rate: number | null = null, carts = 0) =>
  ({ leads, recoveryRate: { rate, recovered: carts, abandoned: 0 }, recoveredValue: '150.00' }) as Figures;

test('a count changes by a number and a share, a rate by points', () => {
  expect(changeOf('leads', figures(23), figures(20))).toEqual({ kind: 'count', difference: 3, share: 0.15 });
  expect(changeOf('recoveryRate', figures(0, 0.25, 8), figures(0, 0.3, 10))).toEqual({
    kind: 'rate',
    difference: -0.05,
    share: null,
  });
});

test('fewer than five rows before are no base; what does not exist is not compared', () => {
  expect(changeOf('leads', figures(23), figures(4))).toBeNull();
  expect(changeOf('leads', figures(23), figures(5))).toMatchObject({ difference: 18 });
  expect(changeOf('recoveredValue', figures(0, 0.5, 9), figures(0, 0.5, 4))).toBeNull();
  expect(changeOf('recoveryRate', figures(0), figures(0, 0.3, 10))).toBeNull();
});
