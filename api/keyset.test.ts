import { expect, test } from 'vitest';
import { encodeCursor, keysetPage, parseCursor, parsePaging } from './keyset.ts';

const row = (id: number) => ({ id: String(id), cursorAt: `2026-01-01 10:00:${String(id).padStart(2, '0')}+00` });
const rows = (...ids: number[]) => ids.map(row);

test('a cursor keeps every digit of the instant', () => {
  const cursor = { at: '2026-01-01 10:00:00.123456+00', id: '9007199254740993' };
  expect(parseCursor(encodeCursor(cursor))).toEqual(cursor);
});

test('a damaged or hostile cursor is the first page', () => {
  for (const text of [
    '',
    'x',
    'a'.repeat(500),
    Buffer.from("2026-01-01 10:00:00+00|1' or 1=1").toString('base64url'),
  ]) {
    expect(parsePaging({ apos: text })).toMatchObject({ direction: 'after', cursor: null });
  }
});

test('going on, the first page has no way back and the last no way on', () => {
  const first = keysetPage(rows(9, 8, 7), { direction: 'after', cursor: null }, 2);
  expect(first.rows.map(({ id }) => id)).toEqual(['9', '8']);
  expect(first.before).toBeNull();
  const last = keysetPage(rows(7), { direction: 'after', cursor: parseCursor(first.after!) }, 2);
  expect(last.after).toBeNull();
  expect(parseCursor(last.before!)).toEqual({ at: row(7).cursorAt, id: '7' });
});

test('going back, rows come newest first and the row beyond the page is the oldest found', () => {
  const page = keysetPage(rows(4, 5, 6), { direction: 'before', cursor: { at: row(3).cursorAt, id: '3' } }, 2);
  expect(page.rows.map(({ id }) => id)).toEqual(['5', '4']);
  expect(page.before).not.toBeNull();
  expect(parseCursor(page.after!)?.id).toBe('4');
});
