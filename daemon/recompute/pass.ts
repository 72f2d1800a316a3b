// One recompute at a time per company, on one picture of its rows: the lock is taken before the snapshot, so a pass sees all that the pass
// before it wrote, and what a sync commits meanwhile is left for the next pass together with its queue rows.
import type { TenantId } from '#shared/ids.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { type Pool, statementsOf, type TenantClient } from '../db.ts';

/**
 * Runs `work` in one repeatable-read transaction of the company, with empty work tables, after any other pass over it has ended. `alsoLocks` are
 * waited for too, before the snapshot.
 */
export async function withPass<T>(
  pool: Pool,
  tenantId: TenantId,
  work: (db: Statements, client: TenantClient) => Promise<T>,
  { alsoLocks = [] }: { alsoLocks?: readonly string[] } = {},
): Promise<T> {
  const client = await pool.connect();
  const locks = [`recompute:${tenantId}`, ...alsoLocks];
  let broken: Error | undefined;
  try {
    for (const lock of locks) await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
    await client.query('begin isolation level repeatable read');
    // A hash table may take twice this: what a pass holds stays the same from a hundred thousand carts on.
    await client.query(`select set_config('app.tenant_id', $1, true), set_config('work_mem', '8MB', true)`, [tenantId]);
    await client.query(`set local client_min_messages = warning`);
    await client.query('set local default_statistics_target = 10');
    // What is looked up is looked up once: a cache of it is only written.
    await client.query('set local enable_memoize = off');
    const tenantClient = Object.assign(client, { tenantId });
    const db = statementsOf(tenantClient);
    await db.run('recompute_scratch');
    const result = await work(db, tenantClient);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch((cause: Error) => {
      broken = cause;
    });
    client.release(broken);
  }
}
