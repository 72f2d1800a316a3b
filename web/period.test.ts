import { expect, test } from 'vitest';
import { parsePeriod, periodQuery } from './period.ts';

const saoPaulo = { timeZone: 'America/Sao_Paulo', now: new Date('2025-03-10T01:30:00Z') }; // 09/03, 22:30 there

test('days are the company’s, not those of UTC', () => {
  const period = parsePeriod({ periodo: 'hoje' }, saoPaulo);
  expect(period).toMatchObject({ firstDay: '2025-03-09', lastDay: '2025-03-09' });
  expect(period.from?.toISOString()).toBe('2025-03-09T03:00:00.000Z');
  expect(period.to?.toISOString()).toBe('2025-03-10T03:00:00.000Z');
});

test('both chosen days are inside, in either order', () => {
  for (const query of [
    { de: '2025-01-01', ate: '2025-01-31' },
    { de: '2025-01-31', ate: '2025-01-01' },
  ]) {
    const period = parsePeriod(query, saoPaulo);
    expect(period.from?.toISOString()).toBe('2025-01-01T03:00:00.000Z');
    expect(period.to?.toISOString()).toBe('2025-02-01T03:00:00.000Z');
    expect(periodQuery(period)).toEqual({ de: '2025-01-01', ate: '2025-01-31' });
  }
});

test('what is no period is the last 30 days', () => {
  for (const query of [{}, { periodo: 'sempre' }, { de: '2025-02-30' }, { de: "'; drop table carts" }]) {
    expect(parsePeriod(query, saoPaulo)).toMatchObject({
      name: '30dias',
      firstDay: '2025-02-08',
      lastDay: '2025-03-09',
    });
  }
});

test('everything has no ends', () => {
  expect(parsePeriod({ periodo: 'tudo' }, saoPaulo)).toMatchObject({ from: null, to: null });
});
