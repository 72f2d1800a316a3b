// Long lists page by keyset: the cursor is what a row is sorted by and its id, so that a page costs the same at any depth and a row that
// arrives meanwhile shifts nothing. `apos` = the rows after it, `antes` = those before it.

export const pageSize = 50;

/** `at`: the sort column as Postgres' own text (an instant in UTC, a whole number, or a text after `~`), so that nothing is lost; `-` for null. */
export type Cursor = { at: string; id: string };
export type Paging = { direction: 'after' | 'before'; cursor: Cursor | null };
export type KeysetPage<Row> = { rows: Row[]; before: string | null; after: string | null };

/** `2025-01-10 14:20:00+00` and `812` as one text for the query string. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at}|${id}`).toString('base64url');
}

export type CursorType = 'timestamptz' | 'bigint' | 'text';

const instant = /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;

const typeOf = ({ at }: Cursor): CursorType =>
  at.startsWith('~') ? 'text' : instant.test(at) ? 'timestamptz' : 'bigint';

/** Does the cursor come from a column like this? */
export const isCursorOf =
  ({ type, nulls }: { type: CursorType; nulls?: unknown }) =>
  (cursor: Cursor) =>
    cursor.at === '-' ? nulls !== undefined : typeOf(cursor) === type;

/** The cursor of a query string, or null when there is none or it is damaged: then the list starts at its first page. */
export function parseCursor(text: string | undefined): Cursor | null {
  if (!text || text.length > 400) return null;
  const [, at, id] = /^([^|]+)\|(\d{1,18})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) return null;
  const isReadable = instant.test(at)
    ? !Number.isNaN(Date.parse(at.replace(' ', 'T').replace('+00', 'Z')))
    : /^(?:-|-?\d{1,18}|~\P{Cc}+)$/u.test(at);
  return isReadable ? { at, id } : null;
}

/** What a request asks for. A damaged cursor, and one of another kind of order, is the first page: its place is not known. */
export function parsePaging(
  { apos, antes }: { apos?: string; antes?: string },
  isOfThis = (cursor: Cursor) => instant.test(cursor.at),
): Paging & { isPlaceKnown: boolean } {
  const [before, after] = [parseCursor(antes), parseCursor(apos)];
  if (before && isOfThis(before)) return { direction: 'before', cursor: before, isPlaceKnown: true };
  const cursor = after && isOfThis(after) ? after : null;
  return { direction: 'after', cursor, isPlaceKnown: cursor !== null || !(antes || apos) };
}

/** The page of rows read with `limit size + 1` in the asked direction; rows always come out in the list's order. */
export function keysetPage<Row extends { id: string; cursorAt: string }>(
  found: readonly Row[],
  paging: Paging,
  size = pageSize,
): KeysetPage<Row> {
  const isMore = found.length > size;
  const rows = found.slice(0, size);
  if (paging.direction === 'before') rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  const isBackward = paging.direction === 'before';
  const hasBefore = isBackward ? isMore : paging.cursor !== null;
  const hasAfter = isBackward ? true : isMore;
  return {
    rows,
    before: hasBefore && first ? encodeCursor({ at: first.cursorAt, id: first.id }) : null,
    after: hasAfter && last ? encodeCursor({ at: last.cursorAt, id: last.id }) : null,
  };
}
