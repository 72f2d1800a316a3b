import { expect, test } from 'vitest';
import { previousPeriod } from './comparison.ts';
import { parsePeriod } from './period.ts';

const timeZone = 'America/Sao_Paulo';
// Wednesday, 15:30 in São Paulo
const now = new Date('2025-01-15T18:30:00Z');
const before = (query: { periodo?: string; de?: string; ate?: string }) =>
  previousPeriod(parsePeriod(query, { timeZone, now }), { timeZone, now });

test('today is compared with the same weekday a week ago, up to the same time of day', () => {
  expect(before({ periodo: 'hoje' })).toEqual({
    firstDay: '2025-01-08',
    lastDay: '2025-01-08',
    from: new Date('2025-01-08T03:00:00Z'),
    to: new Date('2025-01-08T18:30:00Z'),
  });
});

test('a week is compared with the week before', () => {
  expect(before({ de: '2025-01-06', ate: '2025-01-12' })).toMatchObject({
    firstDay: '2024-12-30',
    lastDay: '2025-01-05',
    to: new Date('2025-01-06T03:00:00Z'),
  });
});

test('ten days move by two weeks, so that the weekdays agree', () => {
  expect(before({ de: '2025-01-01', ate: '2025-01-10' })).toMatchObject({
    firstDay: '2024-12-18',
    lastDay: '2024-12-27',
  });
});

test('a running month is compared with as much as has passed of it', () => {
  expect(before({ periodo: 'mes_atual' })).toMatchObject({
    firstDay: '2024-12-11',
    lastDay: '2024-12-25',
    to: new Date('2024-12-25T18:30:00Z'),
  });
});

test('a period that has not begun is compared as a whole', () => {
  expect(before({ de: '2025-02-03', ate: '2025-02-09' })).toMatchObject({
    from: new Date('2025-01-27T03:00:00Z'),
    to: new Date('2025-02-03T03:00:00Z'),
  });
});

test('everything has no period before it', () => {
  expect(before({ periodo: 'tudo' })).toBeNull();
});
