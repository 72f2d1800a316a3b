// One page of a list by (instant, id), newest first, when the instant may be missing: a shop can hold a date that nobody can read. Such rows
// come first, as Postgres' own index order has them (desc = nulls first), so the index serves every page.
import type { PendingQuery, Row } from 'postgres';
import type { Tx } from '../db.ts';
import { type KeysetPage, keysetPage, type Paging, pageSize } from '../keyset.ts';

/** Stands in cursors for "no date". */
const undated = '9999-12-31 00:00:00+00';

type Fragment = PendingQuery<Row[]>;

type DatedList<Found> = {
  /** The columns that the index orders by. */
  at: Fragment;
  id: Fragment;
  paging: Paging;
  /** Both ends are open, so that rows without a date belong in. */
  isOpenPeriod: boolean;
  /** Runs the list's select: `where … ${condition} order by ${order} limit ${limit}`. */
  read(parts: { condition: Fragment; order: Fragment; limit: number }): Promise<readonly Found[]>;
};

/** The column that the cursor is made of. */
export const cursorColumn = (tx: Tx, at: Fragment) => tx`coalesce(${at}::text, ${undated}) as cursor_at`;

export async function readDatedPage<Found extends { id: string; cursorAt: string }>(
  tx: Tx,
  { at, id, paging, isOpenPeriod, read }: DatedList<Found>,
): Promise<KeysetPage<Found>> {
  const { direction, cursor } = paging;
  // As text: the driver would cut an instant that it takes for a date to milliseconds.
  const isUndated = cursor?.at === undated;
  const limit = pageSize + 1;
  const [newestFirst, oldestFirst] = [tx`${at} desc, ${id} desc`, tx`${at} asc, ${id} asc`];

  if (direction === 'after') {
    const condition = !cursor
      ? tx``
      : isUndated
        ? tx`and (${at} is not null or ${id} < ${cursor.id}::bigint)`
        : tx`and (${at}, ${id}) < (${cursor.at}::text::timestamptz, ${cursor.id}::bigint)`;
    return keysetPage(await read({ condition, order: newestFirst, limit }), paging);
  }
  const afterCursor = isUndated
    ? tx`and ${at} is null and ${id} > ${cursor.id}::bigint`
    : tx`and (${at}, ${id}) > (${cursor!.at}::text::timestamptz, ${cursor!.id}::bigint)`;
  const found = [...(await read({ condition: afterCursor, order: oldestFirst, limit }))];
  if (found.length < limit && isOpenPeriod && !isUndated) {
    const rest = await read({ condition: tx`and ${at} is null`, order: oldestFirst, limit: limit - found.length });
    found.push(...rest);
  }
  return keysetPage(found, paging);
}

/** `from` inclusive, `to` exclusive; open ends filter nothing. */
export const inPeriod = (tx: Tx, at: Fragment, { from, to }: { from: Date | null; to: Date | null }) => tx`
  ${from ? tx`and ${at} >= ${from}` : tx``}
  ${to ? tx`and ${at} < ${to}` : tx``}`;
