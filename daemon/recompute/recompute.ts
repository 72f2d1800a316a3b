// After a sync: everything that we conclude from the copies, over what changed (the queue), over everything, or over what time alone changed.
// The three give the same rows: the queries are the same, only the set of records that they look at differs.
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { type RecomputeCause, refreshCarts, scopeDueCarts } from '#shared/recompute/cart-status.ts';
import { refreshCustomers, scoreEverybody } from '#shared/recompute/customers.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { notifyChanged, preferIndexes, recomputeTouched } from '#shared/recompute/touched.ts';
import { type Pool, type TenantClient, withTenant } from '../db.ts';
import { refreshOrderClasses } from './order-class.ts';
import { withPass } from './pass.ts';

export type RecomputeOptions = {
  /** The instant that statuses are judged at. */
  now: Date;
  log: Log;
};

export type QueuedOptions = RecomputeOptions & {
  /** What filled the queue, for the log of changes: a sync when not given. */
  cause?: RecomputeCause;
  /** The run whose rows wait. */
  runId?: string;
};

/** Queue rows of one pass. With many more waiting (a first sync) one pass over everything is cheaper than many over parts. */
const passRows = 20_000;
const wholeFrom = 100_000;
/** From so many rows on, and this share of what the company has, the planner is told what the pass has written. */
const largeFrom = 1_000;
const largeShare = 0.1;

/** Recomputes what the queue names, until it is empty. Gives the number of queue rows done. Safe to run from several processes. */
export async function recomputeQueued(
  pool: Pool,
  tenantId: TenantId,
  { now, log, cause = 'sync', runId }: QueuedOptions,
): Promise<number> {
  let total = 0;
  let wasLarge = false;
  // Most polls bring nothing, and a pass makes its work tables before it looks.
  while (await withTenant(pool, tenantId, isAnythingWaiting)) {
    const startedAt = performance.now();
    const done = await withPass(pool, tenantId, async (db) => {
      const waiting = await countWaiting(db);
      if (waiting === 0) return 0;
      const isFull = waiting >= wholeFrom;
      if (isFull) await db.run('recompute_clear_queue', { tenant: tenantId });
      else await db.run('recompute_take_queue', { tenant: tenantId, limit: passRows });
      const isLarge = waiting >= largeFrom && (await isMuchOf(db, waiting));
      wasLarge ||= isLarge;
      await recomputeTouched(db, { now, cause, runId, isFull, isLarge });
      return isFull ? waiting : Math.min(waiting, passRows);
    });
    total += done;
    log.info('recompute.pass', { tenant: tenantId, rows: done, ms: Math.round(performance.now() - startedAt) });
  }
  // The pages read them next; a pass of another company, which could not see these rows, may have had the last word.
  if (wasLarge)
    await pool.query(`select analyze_conclusions(part) from unnest(array['people', 'carts', 'customers']) part`);
  // the bounds of the first pass were those of a part of the people
  if (total > passRows) await scoreCustomers(pool, tenantId, { now, log });
  return total;
}

/**
 * Classes of all orders, then everything over all records. Gives how many conclusions it changed although nothing waited for a recompute: none where
 * the incremental passes did their work.
 */
export async function recomputeAll(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<number> {
  const startedAt = performance.now();
  const reclassed = await withTenant(pool, tenantId, async (client) => {
    const sites = await client.query<{ id: SiteId }>('select id from sites where tenant_id = $1 order by id', [
      tenantId,
    ]);
    let count = 0;
    for (const { id } of sites.rows) count += await refreshOrderClasses(client, id, { isWhole: true });
    return count;
  });
  const { changed, waiting } = await withPass(pool, tenantId, async (db) => {
    const waiting = await countWaiting(db);
    await db.run('recompute_clear_queue', { tenant: tenantId });
    const count = await recomputeTouched(db, { now, cause: 'recompute', isFull: true, isLarge: waiting >= largeFrom });
    if (reclassed > 0) await notifyChanged(db, ['order']);
    return { changed: count, waiting };
  });
  log.info('recompute.all', {
    tenant: tenantId,
    reclassed,
    changed,
    ms: Math.round(performance.now() - startedAt),
  });
  return reclassed + (waiting === 0 ? changed : 0);
}

/** Recomputes the carts whose status time alone has changed by `now`. Gives how many were looked at. */
export async function recomputeDue(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<number> {
  const startedAt = performance.now();
  const due = await withPass(pool, tenantId, async (db) => {
    await preferIndexes(db);
    const count = await scopeDueCarts(db, { now });
    if (count === 0) return 0;
    if (await refreshCarts(db, { now, cause: 'time', isFull: false })) await notifyChanged(db, ['cart']);
    await refreshCustomers(db, { now, isFull: false });
    return count;
  });
  if (due > 0)
    log.info('recompute.due', { tenant: tenantId, carts: due, ms: Math.round(performance.now() - startedAt) });
  return due;
}

/** Scores everybody by new bounds: every night, because days pass. Gives how many people changed. */
export async function scoreCustomers(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<number> {
  const startedAt = performance.now();
  const changed = await withPass(pool, tenantId, (db) => scoreEverybody(db, { now }));
  log.info('recompute.scores', { tenant: tenantId, changed, ms: Math.round(performance.now() - startedAt) });
  return changed;
}

/** Is it more than the large share of the records that have a person already? */
async function isMuchOf(db: Statements, waiting: number): Promise<boolean> {
  const limit = Math.ceil(waiting / largeShare);
  const { rows } = await db.run<{ is_fewer: boolean }>('recompute_has_fewer', { tenant: db.tenantId, limit });
  return rows[0]!.is_fewer;
}

/** Does anything of the client's company wait for a recompute? */
export async function isAnythingWaiting(client: TenantClient): Promise<boolean> {
  const { rowCount } = await client.query('select from recompute_queue where tenant_id = $1 limit 1', [
    client.tenantId,
  ]);
  return rowCount === 1;
}

async function countWaiting(db: Statements): Promise<number> {
  const { rows } = await db.run<{ waiting: number }>('recompute_count_queue', {
    tenant: db.tenantId,
    limit: wholeFrom,
  });
  return rows[0]!.waiting;
}
