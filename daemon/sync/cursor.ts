// Where the last run of one scan stopped. A cursor is (changed_at, id), or an id alone where rows are only appended: WordPress keeps whole
// seconds, and a page may end inside one. It is saved in the transaction that wrote the batch. The next pass starts before it: by the scan's
// overlap, and before every row that was too young to be complete.
import type { TenantClient } from '../db.ts';
import type { Scan } from '../source.ts';

/** WooCommerce writes items after the order, Form Vibes answers after the entry: below this age a row is read again (docs/wordpress.md §5.10). */
export const settleMs = 60_000;

export type CursorPlace = { source: string; stream: string; scan: string };
export type CursorPosition = { at: Date | null; id: bigint };
export type Cursor = {
  last: CursorPosition;
  /** Where the next pass starts at the latest; null when no row was young. */
  settled: CursorPosition | null;
  caughtUpAt: Date | null;
};

type CursorRow = {
  source: string;
  stream: string;
  scan: string;
  last_at: Date | null;
  last_id: string | null;
  settled_at: Date | null;
  settled_id: string | null;
  caught_up_at: Date | null;
};

const keyOf = ({ source, stream, scan }: CursorPlace) => `${source}/${stream}/${scan}`;

/** All cursors of a shop. */
export async function loadCursors(client: TenantClient, siteId: string): Promise<Map<string, Cursor>> {
  const { rows } = await client.query<CursorRow>(
    'select source, stream, scan, last_at, last_id, settled_at, settled_id, caught_up_at from cursors where tenant_id = $1 and site_id = $2',
    [client.tenantId, siteId],
  );
  return new Map(
    rows.map((row) => [
      keyOf(row),
      {
        last: { at: row.last_at, id: BigInt(row.last_id ?? 0) },
        settled:
          row.settled_at === null && row.settled_id === null
            ? null
            : { at: row.settled_at, id: BigInt(row.settled_id ?? 0) },
        caughtUpAt: row.caught_up_at,
      },
    ]),
  );
}

export function findCursor(cursors: Map<string, Cursor>, place: CursorPlace): Cursor | null {
  return cursors.get(keyOf(place)) ?? null;
}

/** Says of scans and digests that they were at their end at this instant. */
export async function saveCaughtUp(
  client: TenantClient,
  siteId: string,
  places: readonly CursorPlace[],
  at: Date,
): Promise<void> {
  await client.query(
    `update cursors set caught_up_at = $6, updated_at = now()
     where tenant_id = $1 and site_id = $2 and (source, stream, scan) in (select * from unnest($3::text[], $4::text[], $5::text[]))`,
    [
      client.tenantId,
      siteId,
      places.map(({ source }) => source),
      places.map(({ stream }) => stream),
      places.map(({ scan }) => scan),
      at,
    ],
  );
}

export async function saveCursor(
  client: TenantClient,
  siteId: string,
  place: CursorPlace,
  { last, settled, caughtUpAt }: Cursor,
): Promise<void> {
  await client.query(
    `insert into cursors (tenant_id, site_id, source, stream, scan, last_at, last_id, settled_at, settled_id, caught_up_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id, site_id, source, stream, scan) do update set
       last_at = excluded.last_at, last_id = excluded.last_id, settled_at = excluded.settled_at, settled_id = excluded.settled_id,
       caught_up_at = excluded.caught_up_at, updated_at = now()`,
    [
      client.tenantId,
      siteId,
      place.source,
      place.stream,
      place.scan,
      last.at,
      last.id,
      settled?.at ?? null,
      settled?.id ?? null,
      caughtUpAt,
    ],
  );
}

/** Before the first row of any shop. */
export const beginning: CursorPosition = { at: new Date(Date.UTC(1000, 0, 1)), id: 0n };

const earlier = (a: Date, b: Date) => (a < b ? a : b);
const lower = (a: bigint, b: bigint) => (a < b ? a : b);

/** Where a pass begins: the overlap before the last position, or the first row that was young then, whichever comes first. */
export function startOf(cursor: Cursor | null, scan: Pick<Scan, 'order' | 'overlap'>): CursorPosition {
  if (!cursor) return beginning;
  const { last, settled } = cursor;
  if (scan.order === 'id') {
    const overlapped = last.id - BigInt(scan.overlap);
    const start = settled ? lower(overlapped, settled.id) : overlapped;
    return { at: null, id: start < 0n ? 0n : start };
  }
  if (!last.at) return beginning;
  const overlapped = new Date(last.at.getTime() - scan.overlap * 1000);
  // Id 0: the whole second is read again.
  return { at: settled?.at ? earlier(overlapped, settled.at) : overlapped, id: 0n };
}

/** A costly scan rests between two passes. */
export function isDue({ everyMinutes = 0 }: Pick<Scan, 'everyMinutes'>, cursor: Cursor | null, now: Date): boolean {
  return !cursor?.caughtUpAt || now.getTime() - cursor.caughtUpAt.getTime() >= everyMinutes * 60_000;
}

/** A row dated after the shop's own clock must not carry the cursor past rows that are still to come: it stays at the clock. */
export function cappedAt(position: CursorPosition, shopNow: Date): CursorPosition {
  return position.at !== null && position.at > shopNow ? { at: shopNow, id: 0n } : position;
}

/** `2025-01-15 12:00:00`, as scans compare it. */
export function toShopText(at: Date | null): string {
  return (at ?? beginning.at!).toISOString().slice(0, 19).replace('T', ' ');
}
