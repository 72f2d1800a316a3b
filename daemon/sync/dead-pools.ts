// A daemon that died leaves its jobs locked, and the job engine would free them only after four hours. A living daemon therefore holds an
// advisory lock under the id of its worker pool (the name that its jobs are locked by), on one connection; a pool that has jobs and whose lock is
// free is dead. Its jobs are freed and asked for again, and the run that it left behind is closed by whoever reads the shop next (run.ts).
import pg from 'pg';
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { type Pool, withTenant } from '../db.ts';

/** A pool may have taken a job an instant before its lock was taken. */
const graceSeconds = 5;
const reconnectAfterMs = 1_000;

const lockOf = (poolId: string) => `pool:${poolId}`;

export type PoolLocks = {
  /** Shows that this pool lives. */
  add(poolId: string): void;
  stop(): Promise<void>;
};

/** Keeps the locks of this daemon's pool, also over a restart of Postgres. */
export function holdPoolLocks({ url, log }: { url: string; log: Log }): PoolLocks {
  const poolIds = new Set<string>();
  let client: pg.Client | null = null;
  let isReady = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;

  // One after the other: a connection answers one statement at a time.
  let lastLock: Promise<unknown> = Promise.resolve();
  const lock = (target: pg.Client, poolId: string): Promise<unknown> => {
    const ask = () => target.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [lockOf(poolId)]);
    lastLock = lastLock.then(ask, ask);
    return lastLock;
  };

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'carrinho-vivo', keepAlive: true });
    const lose = () => {
      if (client !== next) return;
      client = null;
      isReady = false;
      void next.end().catch(() => undefined);
      if (!isStopped) timer = setTimeout(() => void connect(), reconnectAfterMs);
    };
    client = next;
    next.on('error', lose);
    next.on('end', lose);
    try {
      await next.connect();
      isReady = true;
      for (const poolId of poolIds) await lock(next, poolId);
    } catch (error) {
      log.warn('jobs.lock_lost', { error: error instanceof Error ? error.message : String(error) });
      lose();
    }
  }

  void connect();
  return {
    add(poolId) {
      poolIds.add(poolId);
      if (client && isReady) void lock(client, poolId).catch(() => undefined);
    },
    async stop() {
      isStopped = true;
      if (timer) clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}

type LostJob = { id: string; tenantId: TenantId; siteId: SiteId; kind: string };

/** Frees what dead pools hold and asks for their jobs again; gives how many were dead. */
export async function freeDeadPools(pool: Pool, ownPoolIds: ReadonlySet<string>, log: Log): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    `select locked_by as id from graphile_worker._private_jobs
     where locked_by is not null and locked_at < now() - $1 * interval '1 second'
     union
     select locked_by from graphile_worker._private_job_queues
     where locked_by is not null and locked_at < now() - $1 * interval '1 second'`,
    [graceSeconds],
  );
  const dead: string[] = [];
  for (const { id } of rows) {
    if (!ownPoolIds.has(id) && (await isLockFree(pool, id))) dead.push(id);
  }
  if (dead.length === 0) return 0;
  const { rows: lost } = await pool.query<LostJob>(
    `select id, payload ->> 'tenantId' as "tenantId", payload ->> 'siteId' as "siteId", payload ->> 'kind' as kind
     from graphile_worker._private_jobs where locked_by = any($1)`,
    [dead],
  );
  await pool.query('select graphile_worker.force_unlock_workers($1)', [dead]);
  // They have used up their one attempt: taken away, and asked for anew.
  await pool.query('select graphile_worker.complete_jobs($1)', [lost.map(({ id }) => id)]);
  for (const { tenantId, siteId, kind } of lost) {
    await withTenant(pool, tenantId, (client) => client.query('select enqueue_job($1, $2)', [siteId, kind]));
  }
  log.warn('jobs.freed', { pools: dead.length, jobs: lost.length });
  return dead.length;
}

/**
 * Frees jobs that this living daemon has done but whose end it could not write (Postgres was away): nobody else would for four hours. They are
 * asked for anew. Gives how many there were.
 */
export async function freeForgottenJobs(
  pool: Pool,
  { ownPoolIds, runningJobIds, log }: { ownPoolIds: ReadonlySet<string>; runningJobIds: ReadonlySet<string>; log: Log },
): Promise<number> {
  const { rows: forgotten } = await pool.query<LostJob>(
    `with freed as (
       update graphile_worker._private_jobs set locked_by = null, locked_at = null
       where locked_by = any($1) and id <> all($2::bigint[]) and locked_at < now() - $3 * interval '1 second'
       returning id, job_queue_id, payload
     ), queues as (
       update graphile_worker._private_job_queues set locked_by = null, locked_at = null
       where locked_by = any($1) and id in (select job_queue_id from freed)
     )
     select id, payload ->> 'tenantId' as "tenantId", payload ->> 'siteId' as "siteId", payload ->> 'kind' as kind from freed`,
    [[...ownPoolIds], [...runningJobIds], graceSeconds],
  );
  if (forgotten.length === 0) return 0;
  await pool.query('select graphile_worker.complete_jobs($1)', [forgotten.map(({ id }) => id)]);
  for (const { tenantId, siteId, kind } of forgotten) {
    await withTenant(pool, tenantId, (client) => client.query('select enqueue_job($1, $2)', [siteId, kind]));
  }
  log.warn('jobs.freed', { pools: 0, jobs: forgotten.length });
  return forgotten.length;
}

async function isLockFree(pool: Pool, poolId: string): Promise<boolean> {
  const { rows } = await pool.query<{ isFree: boolean }>(
    `select case when pg_try_advisory_lock(hashtextextended($1, 0)) then pg_advisory_unlock(hashtextextended($1, 0)) else false end as "isFree"`,
    [lockOf(poolId)],
  );
  return rows[0]!.isFree;
}
