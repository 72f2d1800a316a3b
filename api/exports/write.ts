// Writes an export's file into Postgres, so that every api process can give it out, and takes up those that wait or whose writer died. Polling is
// enough: who waits for more than 5,000 rows waits a second more.
import { createHash } from 'node:crypto';
import { type ExportOptions, exportOptions, openExport, writeExport } from '#shared/exports/export.ts';
import type { TenantId } from '#shared/ids.ts';
import { notifyChanged } from '#shared/recompute/touched.ts';
import type { Deps } from '../context.ts';
import { runQuery } from '../db.ts';
import { statementsOf } from '../recompute.ts';
import { chooseRows, type ListQuery } from './choose.ts';

type Key = { tenantId: TenantId; id: string };
type Tools = Pick<Deps, 'db' | 'log' | 'now'>;

type Record = {
  query: ListQuery;
  options: ExportOptions;
  filterText: string;
  requestedAt: Date;
  userName: string | null;
  companyName: string;
  timeZone: string;
};

/** Writes the file of an export that is ours (state running). A fault leaves it failed, and is logged. */
export async function writeExportFile({ db, log, now }: Tools, { tenantId, id }: Key): Promise<void> {
  const startedAtMs = performance.now();
  try {
    const [record] = await db.withTenant(tenantId, async (tx) => {
      await tx`delete from export_chunks where export_id = ${id}`;
      return await tx<Record[]>`
        select e.query, e.options, e.filter_text, e.requested_at, u.name as user_name, t.name as company_name, t.reporting_time_zone as time_zone
        from exports e join tenants t on t.id = e.tenant_id left join users u on u.id = e.user_id where e.id = ${id}`;
    });
    const { query, requestedAt, timeZone, ...facts } = record!;
    const options = exportOptions.parse(record!.options);
    const hash = createHash('sha256');
    let [parts, bytes, position] = [0, 0, 0];
    const counts = await db.withTenant(tenantId, async (tx) => {
      const statements = statementsOf(tx, tenantId);
      await openExport(statements);
      await chooseRows(tx, { list: options.list, query, timeZone, now: requestedAt });
      const file = writeExport(statements, options, { ...facts, timeZone, now: requestedAt });
      for await (const chunk of file.chunks) {
        hash.update(chunk.bytes);
        [parts, bytes, position] = [chunk.part, bytes + chunk.bytes.length, position + 1];
        // In a transaction of its own: others see how far it is, and that somebody is at it. An erasure ends every file that is being written.
        await db.withTenant(tenantId, async (other) => {
          const { count } = await other`
            update exports set heartbeat_at = now(), row_count = greatest(row_count, ${file.counts.kept}) where id = ${id} and state = 'running'`;
          if (count === 0) throw new Error('ended meanwhile');
          await other`
            insert into export_chunks (tenant_id, export_id, part, position, bytes)
            values (${tenantId}, ${id}, ${chunk.part}, ${position}, ${chunk.bytes})`;
          await notifyChanged(statementsOf(other, tenantId), ['export']);
        });
      }
      return file.counts;
    });
    await db.withTenant(tenantId, async (tx) => {
      await runQuery(tx, 'finish_export', {
        tenant: tenantId,
        id,
        selected: counts.selected,
        kept: counts.kept,
        left_out: counts.leftOut,
        parts,
        bytes,
        hash: hash.digest('hex'),
        now: now(),
      });
      const [author] = await tx<{ userId: string }[]>`select user_id from exports where id = ${id}`;
      await runQuery(tx, 'insert_export_audit', { tenant: tenantId, user: author!.userId, id });
      await notifyChanged(statementsOf(tx, tenantId), ['export']);
    });
    const ms = Math.round(performance.now() - startedAtMs);
    log.info('export.written', { tenant: tenantId, export: id, rows: counts.kept, bytes, ms });
  } catch (error) {
    log.error('export.failed', { tenant: tenantId, export: id, error: String(error) });
    await db.withTenant(tenantId, async (tx) => {
      await tx`update exports set state = 'failed', finished_at = ${now()} where id = ${id} and state = 'running'`;
      await notifyChanged(statementsOf(tx, tenantId), ['export']);
    });
  }
}

/** Writes the oldest export that waits, of any company; false when none does. */
export async function writeNextExport(tools: Tools): Promise<boolean> {
  const [next] = await tools.db.sql<Key[]>`select * from take_export()`;
  if (!next) return false;
  await writeExportFile(tools, next);
  return true;
}

const pollMs = 2000;
const cleanMs = 600_000;

/** Looks for waiting exports until it is stopped; one at a time in each process. */
export function startExportWriter(tools: Tools): { stop(): void } {
  let isBusy = false;
  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      tools.log.warn('export.poll_failed', { error: String(error) });
    }
  };
  const poll = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    await guarded(() => writeNextExport(tools));
    isBusy = false;
  }, pollMs);
  const clean = setInterval(() => void guarded(() => tools.db.sql`select drop_old_export_files()`), cleanMs);
  return {
    stop() {
      clearInterval(poll);
      clearInterval(clean);
    },
  };
}
