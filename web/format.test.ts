import { expect, test } from 'vitest';
import { countText, dateTimeText, durationText, moneyText, percentText, quantityText, relativeText } from './format.ts';

const clock = { now: new Date('2025-01-10T17:32:00Z'), timeZone: 'America/Sao_Paulo' }; // 14:32

test('recent instants are told by their distance, older ones by the clock of the company', () => {
  const said = (iso: string) => relativeText(new Date(iso), clock);
  expect(said('2025-01-10T17:31:30Z')).toBe('agora');
  expect(said('2025-01-10T17:20:00Z')).toBe('há 12 min');
  expect(said('2025-01-10T12:30:00Z')).toBe('há 5 h');
  expect(said('2025-01-10T02:30:00Z')).toBe('ontem às 23:30');
  expect(said('2025-01-08T17:32:00Z')).toBe('08/01/2025 14:32');
  expect(said('2025-01-10T18:00:00Z')).toBe('10/01/2025 15:00');
});

test('in daylight time the clock is an hour ahead', () => {
  expect(dateTimeText(new Date('2018-12-01T12:00:00Z'), 'America/Sao_Paulo')).toBe('01/12/2018 10:00');
});

test('money, shares and counts read as Brazilians write them', () => {
  expect(moneyText('123450', 'BRL')).toBe('R$\u00a01.234,50');
  expect(percentText(0.1234)).toBe('12,3%');
  expect(countText(0, 'carrinho', 'carrinhos')).toBe('nenhum carrinho');
  expect(countText('1', 'carrinho', 'carrinhos')).toBe('1 carrinho');
  expect(countText(1234, 'loja', 'lojas', 'nenhuma')).toBe('1.234 lojas');
  expect(durationText(43)).toBe('43 s');
  expect(durationText(7200)).toBe('2 h');
});

test('quantities lose the zeros that Postgres keeps', () => {
  expect(['2.0000', '10', '100.0000', '1.5000', '0.2500'].map(quantityText)).toEqual(['2', '10', '100', '1,5', '0,25']);
});
