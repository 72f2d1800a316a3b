// Long lists page by keyset: the cursor is the sort instant and the id of a row, so that a page costs the same at any depth and a row that
// arrives meanwhile shifts nothing. `apos` = the rows after it (older), `antes` = those before it.

export const pageSize = 50;

export type Cursor = { at: string; id: string };
export type Paging = { direction: 'after' | 'before'; cursor: Cursor | null };
export type KeysetPage<Row> = { rows: Row[]; before: string | null; after: string | null };

/** `2025-01-10 14:20:00+00` and `812` as one text for the query string. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at}|${id}`).toString('base64url');
}

/** The cursor of a query string, or null when there is none or it is damaged: then the list starts at its first page. */
export function parseCursor(text: string | undefined): Cursor | null {
  if (!text || text.length > 120) return null;
  const parts = /^(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)\|(\d{1,18})$/.exec(
    Buffer.from(text, 'base64url').toString(),
  );
  if (!parts || Number.isNaN(Date.parse(parts[1]!.replace(' ', 'T').replace('+00', 'Z')))) return null;
  return { at: parts[1]!, id: parts[2]! };
}

/** What a request asks for. A damaged cursor is the first page. */
export function parsePaging(query: { apos?: string; antes?: string }): Paging {
  const before = parseCursor(query.antes);
  return before ? { direction: 'before', cursor: before } : { direction: 'after', cursor: parseCursor(query.apos) };
}

/**
 * The page of rows read with `limit pageSize + 1` in the asked direction; rows always come out newest first. `cursorAt` is the sort column
 * as Postgres' own text (UTC), so that no digit is lost on the way.
 */
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
