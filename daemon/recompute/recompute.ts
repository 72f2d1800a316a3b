// After a sync: everything that we conclude from the copies, over what changed (the queue), over everything, or over what time alone changed.
// The three give the same rows: the queries are the same, only the set of records that they look at differs.
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { type Pool, runQuery, type TenantClient, withTenant } from '../db.ts';
import { refreshCarts, scopeDueCarts, scopeTouchedCarts } from './cart-status.ts';
import { refreshLeads } from './lead-customer.ts';
import { refreshOrderClasses } from './order-class.ts';
import { preferIndexes, withPass } from './pass.ts';
import { refreshPeople, refreshSharedKeys } from './people.ts';

export type RecomputeOptions = {
  /** The instant that statuses are judged at. */
  now: Date;
  log: Log;
};

/** Queue rows of one pass. With many more waiting (a first sync) one pass over everything is cheaper than many over parts. */
const passRows = 20_000;
const wholeFrom = 100_000;

/** Recomputes what the queue names, until it is empty. Gives the number of queue rows done. Safe to run from several processes. */
export async function recomputeQueued(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<number> {
  let total = 0;
  for (;;) {
    const startedAt = performance.now();
    const done = await withPass(pool, tenantId, async (client) => {
      const waiting = await countWaiting(client);
      if (waiting === 0) return 0;
      const isFull = waiting >= wholeFrom;
      if (isFull) await runQuery(client, 'recompute_touch_all', { tenant: tenantId });
      else await runQuery(client, 'recompute_take_queue', { tenant: tenantId, limit: passRows });
      await recomputeTouched(client, { now, isFull });
      return isFull ? waiting : Math.min(waiting, passRows);
    });
    if (done === 0) return total;
    total += done;
    log.info('recompute.pass', { tenant: tenantId, rows: done, ms: Math.round(performance.now() - startedAt) });
  }
}

/** Classes of all orders, then everything over all records. Changes nothing where the incremental passes did their work. */
export async function recomputeAll(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<void> {
  const startedAt = performance.now();
  const reclassed = await withTenant(pool, tenantId, async (client) => {
    const sites = await client.query<{ id: SiteId }>('select id from sites where tenant_id = $1 order by id', [
      tenantId,
    ]);
    let count = 0;
    for (const { id } of sites.rows) count += await refreshOrderClasses(client, id, { isWhole: true });
    return count;
  });
  const changed = await withPass(pool, tenantId, async (client) => {
    await runQuery(client, 'recompute_touch_all', { tenant: tenantId });
    const count = await recomputeTouched(client, { now, isFull: true });
    if (reclassed > 0) await notifyChanged(client, ['order']);
    return count;
  });
  log.info('recompute.all', {
    tenant: tenantId,
    reclassed,
    changed,
    ms: Math.round(performance.now() - startedAt),
  });
}

/** Recomputes the carts whose status time alone has changed by `now`. Gives how many were looked at. */
export async function recomputeDue(pool: Pool, tenantId: TenantId, { now, log }: RecomputeOptions): Promise<number> {
  const startedAt = performance.now();
  const due = await withPass(pool, tenantId, async (client) => {
    await preferIndexes(client);
    const count = await scopeDueCarts(client, { now });
    if (count === 0) return 0;
    if (await refreshCarts(client, { now })) await notifyChanged(client, ['cart']);
    return count;
  });
  if (due > 0)
    log.info('recompute.due', { tenant: tenantId, carts: due, ms: Math.round(performance.now() - startedAt) });
  return due;
}

/** Everything, from the shared keys to the leads, over the records in `touched`. Gives how many carts and leads changed. */
async function recomputeTouched(
  client: TenantClient,
  { now, isFull }: { now: Date; isFull: boolean },
): Promise<number> {
  const kinds = new Set<string>();
  if (!isFull) {
    await preferIndexes(client);
    for (const kind of await listTouchedKinds(client)) kinds.add(kind);
  }
  await refreshSharedKeys(client, { isFull });
  await refreshPeople(client, { isFull });
  await scopeTouchedCarts(client, { isFull });
  const carts = await refreshCarts(client, { now });
  const leads = await refreshLeads(client, { now });
  if (carts > 0) kinds.add('cart');
  if (leads > 0) kinds.add('lead');
  if (kinds.size > 0) await notifyChanged(client, [...kinds].sort());
  return carts + leads;
}

async function countWaiting(client: TenantClient): Promise<number> {
  const { rows } = await runQuery<{ waiting: number }>(client, 'recompute_count_queue', {
    tenant: client.tenantId,
    limit: wholeFrom,
  });
  return rows[0]!.waiting;
}

async function listTouchedKinds(client: TenantClient): Promise<string[]> {
  const { rows } = await client.query<{ entity: string }>('select distinct entity from touched');
  return rows.map((row) => row.entity);
}

async function notifyChanged(client: TenantClient, kinds: string[]): Promise<void> {
  await runQuery(client, 'recompute_notify', { tenant: client.tenantId, kinds });
}
