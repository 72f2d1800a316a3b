// How each of the four lists is read: the ids of a page by the order's index, the counts of the tabs, and all rows of a choice for exports and bulk acts.
// The screens read what stands in a row for the ids of the page only.
import type { TimeZone } from '#shared/time-zone.ts';
import type { listDefinitions } from '#web/list-filters.ts';
import type { ListChoice, ListName, Query } from '#web/lists.ts';
import type { Fragment, Tx } from '../db.ts';
import { type CursorType, isCursorOf, type KeysetPage, keysetPage, parsePaging } from '../keyset.ts';
import type { Search } from '../queries/search.ts';

/** An order of the list. `id` makes it total; the index has both. */
type Sort = {
  at: Fragment;
  id: Fragment;
  type: CursorType;
  isAscending?: boolean;
  /** Where rows without a value come; absent when every row has one. */
  nulls?: 'first' | 'last';
};

/** What conditions need beside the choice. */
export type ListContext = { search: Search | null; now: Date; timeZone: TimeZone };

export type ListSql = {
  /** The tables, as far as conditions and orders name them. */
  from: Fragment;
  /** The same for counting, where a join that only some filters need is one that the planner can leave out. */
  countFrom?: Fragment;
  /** The id of a row: a lead's, a cart's, an order's or a person's. */
  rowId: Fragment;
  /** The column that the tabs part. */
  status: Fragment;
  /** What each tab shows; null: everything. */
  tabStatuses: Readonly<Record<string, readonly string[] | null>>;
  /** `and …` for period, search and filters, without the tab. */
  conditions: Fragment;
  /** Rows whose phone nobody can write to; absent where that is said of no row. */
  unreachable?: Fragment;
  /** The same conditions as a page reads them, where the planner would otherwise leave the order's index; absent when it does not. */
  pageConditions?: Fragment;
  sorts: Readonly<Record<string, Sort>>;
};

const isInTab = (tx: Tx, { status, tabStatuses }: ListSql, tab: string) => {
  const statuses = tabStatuses[tab]!;
  if (statuses === null) return tx``;
  return statuses.length === 1 ? tx`and ${status} = ${statuses[0]!}` : tx`and ${status} in ${tx([...statuses])}`;
};

const rowsOf = (tx: Tx, sql: ListSql, tab: string) =>
  tx`from ${sql.from} where true ${isInTab(tx, sql, tab)} ${sql.conditions}`;

/** `order by` of a list. The nulls are read apart, yet an index is in this order only if it says the same of them. */
function orderOf(tx: Tx, sort: Sort, isBackward = false): { order: Fragment; isAscending: boolean } {
  const { at, id } = sort;
  const isAscending = (sort.isAscending ?? false) !== isBackward;
  const isNullsFirst = sort.nulls === undefined ? !isAscending : (sort.nulls === 'first') !== isBackward;
  const nulls = isNullsFirst ? tx`nulls first` : tx`nulls last`;
  const order = isAscending ? tx`${at} asc ${nulls}, ${id} asc` : tx`${at} desc ${nulls}, ${id} desc`;
  return { order, isAscending };
}

type FoundId = { id: string; rowId: string; cursorAt: string };

/** The ids of one page, in the list's order. Rows without a sort value are read apart, so that each read is one range of the index. */
export async function readPage(
  tx: Tx,
  sql: ListSql,
  { tab, sort: name, size }: Pick<ListChoice, 'tab' | 'sort' | 'size'>,
  query: Query,
): Promise<KeysetPage<FoundId> & { isPlaceKnown: boolean }> {
  const sort = sql.sorts[name]!;
  const paging = parsePaging(query, isCursorOf(sort));
  const { cursor } = paging;
  const isBackward = paging.direction === 'before';
  const { at, id } = sort;
  const { order, isAscending } = orderOf(tx, sort, isBackward);
  const beyond = isAscending ? tx`>` : tx`<`;
  const values: Readonly<Record<CursorType, (text: string) => Fragment>> = {
    bigint: (text) => tx`${text}::text::bigint`,
    timestamptz: (text) => tx`${text}::text::timestamptz`,
    text: (text) => tx`${text.slice(1)}`,
  };
  const value = cursor && values[sort.type](cursor.at);
  const cursorAt = sort.type === 'text' ? tx`'~' || ${at}` : tx`${at}::text`;

  const parts = (
    sort.nulls === undefined ? ['values'] : sort.nulls === 'first' ? ['nulls', 'values'] : ['values', 'nulls']
  ) as ('values' | 'nulls')[];
  if (isBackward) parts.reverse();
  const start = cursor ? Math.max(0, parts.indexOf(cursor.at === '-' ? 'nulls' : 'values')) : 0;
  const found: FoundId[] = [];
  const rows = rowsOf(tx, { ...sql, conditions: sql.pageConditions ?? sql.conditions }, tab);
  for (const [index, part] of parts.slice(start).entries()) {
    const isFrom = cursor !== null && index === 0;
    const range =
      part === 'nulls'
        ? tx`and ${at} is null ${isFrom ? tx`and ${id} ${beyond} ${cursor.id}::bigint` : tx``}`
        : isFrom
          ? tx`and (${at}, ${id}) ${beyond} (${value!}, ${cursor.id}::bigint)`
          : sort.nulls === undefined
            ? tx``
            : tx`and ${at} is not null`;
    const limit = size + 1 - found.length;
    found.push(
      ...(await tx<FoundId[]>`
        select ${id} as id, ${sql.rowId} as row_id, coalesce(${cursorAt}, '-') as cursor_at
        ${rows} ${range} order by ${part === 'nulls' ? (isAscending ? tx`${id} asc` : tx`${id} desc`) : order} limit ${limit}`),
    );
    if (found.length > size) break;
  }
  return { ...keysetPage(found, paging, size), isPlaceKnown: paging.isPlaceKnown };
}

/** How many rows each tab holds under the choice's other parts. */
export async function countTabs(tx: Tx, sql: ListSql): Promise<Record<string, number>> {
  const rows = await tx<{ status: string; count: number }[]>`
    select ${sql.status} as status, count(*)::int as count from ${sql.countFrom ?? sql.from} where true ${sql.conditions} group by 1`;
  return sumTabs(sql.tabStatuses, rows);
}

type Unreachable = { count: number; isMore: boolean } | null;

/** More than anybody counts on; so it costs the same however many there are. */
const mostUnreachable = 2000;
const unreachableOf = (count: number): Unreachable => ({
  count: Math.min(count, mostUnreachable),
  isMore: count > mostUnreachable,
});

/** Is it said of these rows, and were they not chosen by it? */
const asksUnreachable = (sql: ListSql, filters: ListChoice['filters']) => sql.unreachable && !('telefone' in filters);

/** How many of a tab's rows have no phone to write to, by the index of such rows. Null: it is not said of these rows, or they were chosen by it. */
export async function countUnreachable(
  tx: Tx,
  sql: ListSql,
  { tab, filters }: Pick<ListChoice, 'tab' | 'filters'>,
): Promise<Unreachable> {
  if (!asksUnreachable(sql, filters)) return null;
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count
    from (select ${rowsOf(tx, sql, tab)} and ${sql.unreachable!} limit ${mostUnreachable + 1}) found`;
  return unreachableOf(row!.count);
}

/**
 * countTabs() and countUnreachable() in one look at what a search found, each row of which is looked up anyway; and of a search that found few the first
 * rows of each status, `size` and one, in the list's order: readFirst() has the page from them.
 */
export async function countFound(
  tx: Tx,
  sql: ListSql,
  { tab, sort, filters, size }: Pick<ListChoice, 'tab' | 'sort' | 'filters' | 'size'>,
  isFew: boolean,
): Promise<[counts: Record<string, number>, unreachable: Unreachable, first: string[]]> {
  const asks = asksUnreachable(sql, filters);
  const { order } = orderOf(tx, sql.sorts[sort]!);
  const rows = await tx<{ status: string; count: number; unreachableCount: number; first: string[] }[]>`
    select ${sql.status} as status, count(*)::int as count, ${asks ? tx`count(*) filter (where ${sql.unreachable!})::int` : tx`0`} as unreachable_count,
           ${isFew ? tx`(array_agg(${sql.rowId}::text order by ${order}))[:${size + 1}::int]` : tx`'{}'::text[]`} as first
    from ${sql.from} where true ${sql.conditions} group by 1`;
  const unreachable = rows.map(({ status, unreachableCount }) => ({ status, count: unreachableCount }));
  const statuses = sql.tabStatuses[tab]!;
  return [
    sumTabs(sql.tabStatuses, rows),
    asks ? unreachableOf(sumTabs(sql.tabStatuses, unreachable)[tab]!) : null,
    rows.filter(({ status }) => statuses === null || statuses.includes(status)).flatMap(({ first }) => first),
  ];
}

/** The first page out of what countFound() gave. */
export const readFirst = (
  tx: Tx,
  sql: ListSql,
  choice: Pick<ListChoice, 'tab' | 'sort' | 'size'>,
  first: readonly string[],
) => {
  const { pageConditions: _, ...rest } = sql;
  return readPage(tx, { ...rest, conditions: tx`and ${sql.rowId} = any(${[...first]}::bigint[])` }, choice, {});
};

/** Counts by status as counts by tab. */
export function sumTabs(
  tabStatuses: ListSql['tabStatuses'],
  rows: readonly { status: string; count: number }[],
): Record<string, number> {
  const count = (statuses: readonly string[] | null) =>
    rows.reduce((sum, row) => sum + (statuses === null || statuses.includes(row.status) ? row.count : 0), 0);
  return Object.fromEntries(Object.entries(tabStatuses).map(([tab, statuses]) => [tab, count(statuses)]));
}

/** Puts all rows of a choice into export_ids, in the list's order. */
export async function chooseAll(
  tx: Tx,
  sql: ListSql,
  { tab, sort: name }: Pick<ListChoice, 'tab' | 'sort'>,
): Promise<void> {
  const { at, id, isAscending, nulls } = sql.sorts[name]!;
  const order = isAscending
    ? tx`${at} asc, ${id} asc`
    : tx`${at} desc ${nulls === 'last' ? tx`nulls last` : tx``}, ${id} desc`;
  await tx`insert into export_ids (id) select ${sql.rowId} ${rowsOf(tx, sql, tab)} order by ${order}`;
}

/** The ids of all rows of a choice, newest first. */
export async function listAllIds(tx: Tx, sql: ListSql, tab: string, limit: number): Promise<string[]> {
  const rows = await tx<
    { id: string }[]
  >`select ${sql.rowId} as id ${rowsOf(tx, sql, tab)} order by 1 desc limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Rows read by id, in the order of the ids. */
export function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Is nothing chosen but tab and period? Then the days say the counts. */
export const isPlain = ({ search, filters }: ListChoice) => search === '' && Object.keys(filters).length === 0;

/** The condition of each filter of a list, by the name of the filter. */
export type Conditions<List extends ListName> = Readonly<
  Record<keyof (typeof listDefinitions)[List]['filters'], (value: string) => Fragment>
>;

/** `and …` for each chosen filter. */
export function chosenConditions(
  tx: Tx,
  conditions: Readonly<Record<string, (value: string) => Fragment>>,
  filters: ListChoice['filters'],
): Fragment {
  return Object.entries(filters).reduce<Fragment>(
    (all, [name, value]) => tx`${all} and (${conditions[name]!(value)})`,
    tx``,
  );
}
