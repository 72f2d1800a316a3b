import { expect, test } from 'vitest';
import { nextFirings, parseCron } from '#shared/cron.ts';
import { scheduleText } from './schedule-text.ts';

const firings = (expression: string, now: string) =>
  nextFirings(expression, { now: new Date(now), timeZone: 'America/Sao_Paulo', count: 3 }).map((at) =>
    at.toISOString().slice(0, 16),
  );

test('what people choose reads as words; anything else stands as it is, without a guess', () => {
  const texts = {
    '* * * * *': 'a cada minuto',
    '*/5 * * * *': 'a cada 5 minutos',
    '*/10 8-18 * * 1-5': 'a cada 10 minutos, das 8 h às 18 h, de segunda a sexta',
    '17 * * * *': 'a cada hora, aos 17 min',
    '0 */6 * * *': 'a cada 6 horas, em ponto',
    '17 3 * * *': 'todos os dias às 03:17',
    '30 8,14 * * 1,3': 'em segunda e quarta às 08:30 e 14:30',
    '*/7 * * * *': '*/7 * * * *',
    '0 3 1 * *': '0 3 1 * *',
  };
  for (const [expression, text] of Object.entries(texts))
    expect([expression, scheduleText(expression)]).toEqual([expression, text]);
});

test('the next firings are in the shop’s own time, over midnight and over days that do not fit', () => {
  expect(firings('* * * * *', '2026-01-01T10:02:30Z')).toEqual([
    '2026-01-01T10:03',
    '2026-01-01T10:04',
    '2026-01-01T10:05',
  ]);
  expect(firings('17 3 * * *', '2026-01-01T06:17:00Z')).toEqual([
    '2026-01-02T06:17',
    '2026-01-03T06:17',
    '2026-01-04T06:17',
  ]);
  expect(firings('0 9 * * 1-5', '2026-01-02T15:00:00Z')).toEqual([
    '2026-01-05T12:00',
    '2026-01-06T12:00',
    '2026-01-07T12:00',
  ]);
});

test('what is no expression of five numbers is none', () => {
  for (const text of [
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '* * * * * *',
  ])
    expect([text, parseCron(text)]).toEqual([text, null]);
});
