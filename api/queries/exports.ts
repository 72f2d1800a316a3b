// What the page Exportações reads: the history, and what a user has taken out today.
import type { UserId } from '#shared/ids.ts';
import { localDay, startOfLocalDay } from '#shared/time-zone.ts';
import type { ExportRecord } from '#web/pages/exports.tsx';
import type { Tx } from '../db.ts';

const mostRecords = 100;
const fileHours = 24;

const columns = (tx: Tx, now: Date) => tx`
  e.id, e.list, e.format, e.filter_text, e.file_name, e.state, e.selected_count, e.row_count, e.left_out, e.part_count, e.sha256, e.requested_at,
  e.user_id, u.name as user_name,
  coalesce(e.state = 'done' and e.part_count > 0 and e.finished_at > ${now}::timestamptz - make_interval(hours => ${fileHours}), false) as has_file`;

export type FoundExport = ExportRecord & { userId: UserId | null };

/** The newest exports, of one user or of all. */
export async function listExports(
  tx: Tx,
  { userId, now }: { userId: UserId | null; now: Date },
): Promise<ExportRecord[]> {
  return await tx<ExportRecord[]>`
    select ${columns(tx, now)} from exports e left join users u on u.id = e.user_id
    where true ${userId ? tx`and e.user_id = ${userId}` : tx``} order by e.requested_at desc, e.id desc limit ${mostRecords}`;
}

/** One export; null when the company has none with this id. */
export async function findExport(tx: Tx, id: string, now: Date): Promise<FoundExport | null> {
  const [found] = await tx<FoundExport[]>`
    select ${columns(tx, now)} from exports e left join users u on u.id = e.user_id where e.id = ${id}`;
  return found ?? null;
}

/**
 * How many rows the user may take out a day, and how many it were today, in the company's time zone: files, and lists read by the API, which are one
 * as good as the other. Two at the same time would both find the day's rows left, so the second waits for the first's transaction.
 */
export async function rowsLeftToday(
  tx: Tx,
  { userId, timeZone, now }: { userId: UserId; timeZone: string; now: Date },
): Promise<{ limit: number; used: number }> {
  const since = startOfLocalDay(localDay(now, timeZone), timeZone);
  await tx`select pg_advisory_xact_lock(hashtextextended('export:' || app_tenant_id() || ':' || ${userId}, 0))`;
  const [row] = await tx<{ limit: number; used: number }[]>`
    select export_rows_per_day as limit,
           (select coalesce(sum(row_count), 0)::int from exports where user_id = ${userId} and state <> 'failed' and requested_at >= ${since})
           + (select coalesce(sum((facts ->> 'rows')::int), 0)::int from audit_log
              where action = 'api.listed' and user_id = ${userId} and happened_at >= ${since}) as used
    from tenants where id = app_tenant_id()`;
  return row!;
}

/** The bytes of a part, a piece at a time; null behind the last. */
export async function readChunk(
  tx: Tx,
  { id, part, after }: { id: string; part: number; after: number },
): Promise<{ position: number; bytes: Buffer } | null> {
  const [chunk] = await tx<{ position: number; bytes: Buffer }[]>`
    select position, bytes from export_chunks where export_id = ${id} and part = ${part} and position > ${after} order by position limit 1`;
  return chunk ?? null;
}
