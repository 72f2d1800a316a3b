import { expect, test } from 'vitest';
import { beginning, cappedAt, startOf, toShopText } from './cursor.ts';

const at = (text: string) => new Date(`${text}Z`);
const noon = at('2025-01-15T12:00:00');

test('without a cursor a pass starts before every date that a shop can hold', () => {
  expect(startOf(null, { order: 'changed-at', overlap: 600 })).toEqual(beginning);
  expect(toShopText(beginning.at)).toBe('1000-01-01 00:00:00');
});

test('a pass by time starts an overlap earlier, and takes that whole second again', () => {
  const cursor = { last: { at: noon, id: 77n }, settled: null, caughtUpAt: null };
  expect(startOf(cursor, { order: 'changed-at', overlap: 600 })).toEqual({ at: at('2025-01-15T11:50:00'), id: 0n });
});

test('a row that was young at the last pass is read again even when the overlap does not reach it', () => {
  const young = { at: at('2025-01-15T11:30:00'), id: 5n };
  const cursor = { last: { at: noon, id: 77n }, settled: young, caughtUpAt: null };
  expect(startOf(cursor, { order: 'changed-at', overlap: 600 })).toEqual({ at: young.at, id: 0n });
});

test('a pass by id starts an overlap of ids earlier, never below zero, and before the first young row', () => {
  const cursor = (settled: bigint | null) => ({
    last: { at: null, id: 1000n },
    settled: settled === null ? null : { at: null, id: settled },
    caughtUpAt: null,
  });
  expect(startOf(cursor(null), { order: 'id', overlap: 50 }).id).toBe(950n);
  expect(startOf(cursor(900n), { order: 'id', overlap: 50 }).id).toBe(900n);
  expect(startOf(cursor(990n), { order: 'id', overlap: 50 }).id).toBe(950n);
  expect(startOf(cursor(null), { order: 'id', overlap: 5000 }).id).toBe(0n);
});

test("a date after the shop's clock does not carry the cursor there", () => {
  const shopNow = at('2025-01-15T12:10:00');
  expect(cappedAt({ at: at('2031-01-01T00:00:00'), id: 9n }, shopNow)).toEqual({ at: shopNow, id: 0n });
  expect(cappedAt({ at: noon, id: 9n }, shopNow)).toEqual({ at: noon, id: 9n });
});
