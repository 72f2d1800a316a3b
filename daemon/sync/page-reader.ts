// Reads a stream's pages from the shop: a scan or a digest names the candidates, the fetches bring what belongs to them, the source makes records
// of it. Pages are read while those before are written, a bounded number of rows ahead, so memory does not grow with the shop. A row that cannot be
// read is set aside with its raw rows; the others of its page go on.
import { setImmediate } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { Gateway } from '../connections/gateway.ts';
import { countPage } from '../metrics/run-meter.ts';
import type { Assembled, Scan, ShopContext, ShopRow, Stream, Target } from '../source.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';
import { type CursorPosition, toShopText } from './cursor.ts';
import { type PreparedRow, prepare } from './prepare.ts';
import { readRows } from './spans.ts';
import type { PrepareContext, TargetDefinition } from './target.ts';

export type ReadContext = {
  gateway: Gateway;
  shop: ShopContext;
  stream: Stream;
  definition: TargetDefinition;
  prepareContext: PrepareContext;
};

export type Unreadable = {
  externalId: string;
  reason: string;
  detail: string;
  raw: string;
  /** As the digest that named it had it. */
  fingerprint?: string;
};

/** What one page of candidates became. */
export type Page = {
  rows: PreparedRow[];
  unreadable: Unreadable[];
  /** Ids that are no records of ours, by reason, and ids that the shop does not have. */
  skipped: { id: string; reason: string }[];
  goneIds: string[];
  /** Where the page's last row stands in its scan; null for a page of a digest. */
  end: CursorPosition | null;
  /** The position before the first row of this page that is too young to be complete. */
  young: CursorPosition | null;
};

/** Records made at a stretch: one or two milliseconds. */
const sliceSize = 10;

/** From so many milliseconds there and back, the way of its ten statements costs a page more than its rows. */
const farMs = 8;
const farPages = 4;
/** Smaller pages hold blobs. */
const plainPageSize = 500;

/** Candidates of a page: several pages of rows at once where the shop is far. */
export function pageSizeOf({ gateway, stream }: Pick<ReadContext, 'gateway' | 'stream'>): number {
  const isFar = gateway.fastest() >= farMs && stream.pageSize >= plainPageSize;
  return isFar ? farPages * stream.pageSize : stream.pageSize;
}

export type Candidate = { id: string; row: ShopRow | null };

/** A page that took longer is written without waiting for the next one: the shop is slow, or far. */
const patienceMs = 1_000;

/**
 * Reads `pages` while those before are written, and yields what has come together as one: a batch of several pages takes as many statements as one
 * of a single page. It waits for `enough` rows, and holds at most as many more than one page. What was read before a failure is yielded before it.
 */
export async function* gather(pages: AsyncGenerator<Page>, enough: number): AsyncGenerator<Page> {
  const waiting: Page[] = [];
  let isOver = false;
  let isStopped = false;
  let wake = () => {};
  let wakeReader = () => {};
  const count = () => waiting.reduce((sum, page) => sum + Math.max(1, idsOf(page).length), 0);
  const isWoken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const read = async () => {
    try {
      for await (const page of pages) {
        waiting.push(page);
        wake();
        while (!isStopped && count() >= enough) {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
        if (isStopped) return;
      }
    } finally {
      isOver = true;
      wake();
    }
  };
  const reading = read();
  // Its failure is thrown when its turn comes; until then it must not count as unheard.
  reading.catch(() => undefined);
  try {
    while (true) {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        wake();
      }, patienceMs);
      while (!isOver && count() < enough && !(isLate && waiting.length > 0)) await isWoken();
      clearTimeout(timer);
      if (waiting.length === 0) return await reading;
      const page = takeTogether(waiting);
      wakeReader();
      yield page;
    }
  } finally {
    isStopped = true;
    wakeReader();
    await reading.catch(() => undefined);
  }
}

/** The first of `waiting` and those behind it that have none of its ids: of an id read twice the later reading is written later. */
function takeTogether(waiting: Page[]): Page {
  let together = waiting.shift()!;
  if (waiting.length === 0) return together;
  const ids = new Set(idsOf(together));
  // Raw rows may be large: a page that has some ends the batch.
  while (waiting.length > 0 && together.unreadable.length === 0 && idsOf(waiting[0]!).every((id) => !ids.has(id))) {
    const next = waiting.shift()!;
    for (const id of idsOf(next)) ids.add(id);
    together = {
      rows: [...together.rows, ...next.rows],
      unreadable: next.unreadable,
      skipped: [...together.skipped, ...next.skipped],
      goneIds: [...together.goneIds, ...next.goneIds],
      end: next.end,
      young: together.young ?? next.young,
    };
  }
  return together;
}

function idsOf({ rows, unreadable, skipped, goneIds }: Page): string[] {
  return [
    ...rows.map(({ externalId }) => externalId),
    ...unreadable.map(({ externalId }) => externalId),
    ...skipped.map(({ id }) => id),
    ...goneIds,
  ];
}

/** The pages of one scan from `start` to its end. `youngAfter`: rows touched later than this are young. */
export async function* readScan(
  context: ReadContext,
  scan: Scan,
  { start, youngAfter }: { start: CursorPosition; youngAfter: Date },
): AsyncGenerator<Page> {
  const { gateway, shop } = context;
  const sql = scan.sql(shop);
  async function read(after: CursorPosition) {
    await gateway.rest();
    const limit = pageSizeOf(context);
    const rows = await gateway.query<ShopRow>(sql, {
      after_id: after.id,
      limit,
      ...(scan.order === 'changed-at' && { after_at: toShopText(after.at) }),
    });
    const byId = new Map<string, Candidate>();
    for (const row of rows) byId.set(String(row.id), { id: String(row.id), row });
    const candidates = [...byId.values()];
    const positions = rows.map((row) => positionOf(row, scan));
    const isLast = rows.length < limit;
    return { rows, isLast, candidates, positions, fetched: await fetchCandidates(context, candidates) };
  }
  let position = start;
  let next = read(start);
  try {
    while (true) {
      const { rows, isLast, candidates, positions, fetched } = await next;
      if (rows.length === 0) return;
      const end = positions.at(-1)!;
      // While the shop looks for the next page, records are made of this one.
      if (!isLast) next = read(end);
      next.catch(() => undefined);
      const page = await assemblePage(context, candidates, fetched);
      yield { ...page, end, young: findYoung({ page, rows, positions, before: position, youngAfter, scan }) };
      if (isLast) return;
      position = end;
    }
  } finally {
    await next.catch(() => undefined);
  }
}

function positionOf(row: ShopRow, scan: Scan): CursorPosition {
  const id = BigInt(String(row.cursor_id));
  return { at: scan.order === 'id' ? null : parseGmt(String(row.cursor_at)), id };
}

// A scan by time knows the age of its rows. One by id does not, but the record says when it was last touched.
function findYoung({
  page,
  rows,
  positions,
  before,
  youngAfter,
  scan,
}: {
  page: { rows: PreparedRow[] };
  rows: ShopRow[];
  positions: CursorPosition[];
  before: CursorPosition;
  youngAfter: Date;
  scan: Scan;
}): CursorPosition | null {
  if (scan.order === 'changed-at') return positions.find(({ at }) => at !== null && at > youngAfter) ?? null;
  const youngIds = new Set(
    page.rows
      .filter(({ touchedAt }) => touchedAt !== null && touchedAt > youngAfter)
      .map(({ externalId }) => externalId),
  );
  const index = rows.findIndex((row) => youngIds.has(String(row.id)));
  if (index < 0) return null;
  return index === 0 ? before : positions[index - 1]!;
}

type CandidatePage = Omit<Page, 'end' | 'young'>;

/** Fetches and assembles candidates. */
export async function readCandidates(context: ReadContext, candidates: Candidate[]): Promise<CandidatePage> {
  return await assemblePage(context, candidates, await fetchCandidates(context, candidates));
}

type Fetched = Awaited<ReturnType<typeof fetchAll>>;

/** What the shop has for them; null when there are none. */
async function fetchCandidates(context: ReadContext, candidates: Candidate[]): Promise<Fetched | null> {
  if (candidates.length === 0) return null;
  const startedAt = performance.now();
  const ids = candidates.map(({ id }) => id);
  const fetched = await fetchAll(context, ids);
  countPage('read', context.stream.name, performance.now() - startedAt);
  return fetched;
}

async function assemblePage(
  { shop, stream, definition, prepareContext }: ReadContext,
  candidates: Candidate[],
  fetched: Fetched | null,
): Promise<CandidatePage> {
  const page: CandidatePage = { rows: [], unreadable: [], skipped: [], goneIds: [] };
  if (!fetched) return page;
  for (const [index, { id, row }] of candidates.entries()) {
    // Between two slices the page before, which is being written, gets on.
    if (index > 0 && index % sliceSize === 0) await setImmediate();
    const rows = fetched.rowsOf(id);
    try {
      const assembled = stream.assemble({ id, row, rows, lookup: fetched.lookup }, shop) as Assembled<Target>;
      if ('gone' in assembled) page.goneIds.push(id);
      else if ('skip' in assembled) page.skipped.push({ id, reason: assembled.skip });
      else page.rows.push(prepare(definition, assembled.record, prepareContext));
    } catch (error) {
      const fingerprint = row?.fingerprint === undefined ? {} : { fingerprint: String(row.fingerprint) };
      page.unreadable.push({ externalId: id, ...describe(error), raw: rawText(rows), ...fingerprint });
    }
  }
  return page;
}

function describe(error: unknown): { reason: string; detail: string } {
  if (error instanceof AppError) return { reason: error.code, detail: error.message };
  return error instanceof Error
    ? { reason: 'unreadable', detail: `${error.name}: ${error.message}` }
    : { reason: 'unreadable', detail: String(error) };
}

/** The rows as they came; bytes as base64. */
function rawText(rows: { [fetchName: string]: ShopRow[] }): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
      ? `base64:${Buffer.from(value.data as number[]).toString('base64')}`
      : value,
  );
}

/** What the shop has for these ids: of each, its rows by fetch; and what fetches with ids of their own looked up. */
export async function fetchAll(
  { gateway, shop, stream }: Pick<ReadContext, 'gateway' | 'shop'> & { stream: Pick<Stream, 'fetch'> },
  ids: string[],
) {
  const places = new Map(ids.map((id, place) => [id, place]));
  const grouped: { name: string; rowsAt: (ShopRow[] | undefined)[] }[] = [];
  const lookup: { [fetchName: string]: Map<string, ShopRow[]> } = {};

  async function read() {
    const results: { [fetchName: string]: ShopRow[] } = {};
    for (const fetch of stream.fetch) {
      const wanted = fetch.ids ? [...new Set(fetch.ids(results))] : ids;
      const rows = await readRows(gateway, shop, { fetch, ids: wanted });
      results[fetch.name] = rows;
      if (fetch.ids) lookup[fetch.name] = groupByRecord(rows);
      else grouped.push({ name: fetch.name, rowsAt: groupByPlace(rows, places) });
    }
  }
  // An order and its items must be of one moment; a single read is one by itself.
  if (stream.fetch.length > 1) await gateway.snapshot(read);
  else await read();

  return {
    lookup,
    /** To be asked once for each id: what it gave is let go, so that half a page need not be kept while the other half is made. */
    rowsOf(id: string): { [fetchName: string]: ShopRow[] } {
      const rows: { [fetchName: string]: ShopRow[] } = {};
      const place = places.get(id)!;
      for (const { name, rowsAt } of grouped) {
        rows[name] = rowsAt[place] ?? [];
        rowsAt[place] = undefined;
      }
      return rows;
    },
  };
}

/** The rows of each record at its place in the page. */
function groupByPlace(rows: ShopRow[], places: ReadonlyMap<string, number>): (ShopRow[] | undefined)[] {
  const groups: (ShopRow[] | undefined)[] = Array.from({ length: places.size });
  for (const row of rows) {
    const place = places.get(String(row.record_id));
    if (place === undefined) continue;
    const group = groups[place];
    if (group) group.push(row);
    else groups[place] = [row];
  }
  return groups;
}

function groupByRecord(rows: ShopRow[]): Map<string, ShopRow[]> {
  const groups = new Map<string, ShopRow[]>();
  for (const row of rows) {
    const id = String(row.record_id);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}
