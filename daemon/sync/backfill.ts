// A period read again by the daemon, without ever standing in the way of what is new: in slices of some seconds, each a job behind all polls of
// its shop. Its rows are counted before it begins. Where it stands is in `backfills`, so a pause, a crash or a kill costs one page at most.
import type { AppError } from '#shared/errors.ts';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type Pool, runQuery, type TenantClient, withTenant } from '../db.ts';
import { loadSite } from '../settings.ts';
import type { Target } from '../source.ts';
import { loadSlice } from './backfill-slice.ts';
import { besideRun } from './beside-run.ts';
import type { Engine } from './engine.ts';
import { openSite } from './open-site.ts';
import { countPeriod, type Period } from './period.ts';
import { listStreams } from './plan.ts';
import { runSite } from './run.ts';

export type BackfillState = 'waiting' | 'estimating' | 'ready' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

/** Polls have 0, what a person waits for −10. */
const backfillPriority = 100;
const defaultSliceMs = 5_000;
/** So many slices in a row may fail before a person must look. */
const mostFailures = 5;

/** Asks for a period of a shop; gives the backfill's id. The daemon estimates it, then reads it, or waits for a person's start. */
export async function createBackfill(
  client: TenantClient,
  {
    siteId,
    period,
    targets,
    waitsForStart = false,
  }: { siteId: SiteId; period: Period; targets: readonly Target[] | null; waitsForStart?: boolean },
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into backfills (tenant_id, site_id, from_at, to_at, targets, waits_for_start) values ($1, $2, $3, $4, $5, $6) returning id`,
    [client.tenantId, siteId, period.from, period.to, targets, waitsForStart],
  );
  await enqueue(client, siteId);
  return rows[0]!.id;
}

/** Pauses, resumes or cancels a backfill; false when there is none or its state does not allow it. */
export async function changeBackfill(
  client: TenantClient,
  id: string,
  verb: 'pause' | 'resume' | 'cancel',
): Promise<boolean> {
  const { rows } = await runQuery<{ site_id: SiteId }>(client, 'change_backfill', {
    tenant: client.tenantId,
    id,
    verb,
  });
  if (!rows[0]) return false;
  await enqueue(client, rows[0].site_id);
  await notify(client, rows[0].site_id);
  return true;
}

async function enqueue(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(`select enqueue_job($1, 'backfill', $2)`, [siteId, backfillPriority]);
}

async function notify(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(`select pg_notify('carrinho_progress', $1)`, [
    JSON.stringify({ tenant: client.tenantId, site: siteId }),
  ]);
}

const isOpen = `(state in ('waiting', 'estimating', 'running') or (state = 'ready' and not waits_for_start))`;

/** Adds the job of each shop that has something to go on with: after a failure, or when the last job was lost. */
export async function enqueueOpenBackfills(client: TenantClient): Promise<void> {
  await client.query(
    `select enqueue_job(site_id, 'backfill', $2) from (select distinct site_id from backfills where tenant_id = $1 and ${isOpen}) as open`,
    [client.tenantId, backfillPriority],
  );
}

export type PeriodCount = { source: string; stream: string; label: string; target: Target; count: number | null };

/** Counts the rows of a period, stream by stream; null where the shop did not answer in time. Throws when the shop can't be opened. */
export async function countSitePeriod(
  engine: Engine,
  {
    tenantId,
    siteId,
    period,
    targets,
  }: { tenantId: TenantId; siteId: SiteId; period: Period; targets: readonly Target[] | null },
): Promise<PeriodCount[]> {
  const before = await withTenant(engine.pool, tenantId, (client) => loadSite(client, siteId));
  return await besideRun(engine.pool, siteId, async () => {
    const { shop, context } = await openSite(engine, before);
    try {
      const counts: PeriodCount[] = [];
      for (const { source, stream } of listStreams(engine.sources, context, wantsOf(targets))) {
        const read = { gateway: shop.gateway, shop: context, stream };
        const count = await countPeriod(read, period).catch((error: Error) => {
          if (shop.gateway.isLost()) throw error;
          return null;
        });
        counts.push({ source: source.name, stream: stream.name, label: stream.label, target: stream.target, count });
      }
      return counts;
    } finally {
      await shop.close();
    }
  });
}

const wantsOf =
  (targets: readonly Target[] | null) =>
  ({ target }: { target: Target }) =>
    targets === null || targets.includes(target);

type Backfill = { id: string; state: BackfillState; from: Date | null; to: Date | null; targets: Target[] | null };

/**
 * The next step of the shop's oldest open backfill: its estimate, or a slice of some seconds. Adds the job of the step after it, unless the
 * shop failed or another run holds it: then the upkeep does, within a minute.
 */
export async function stepBackfill(
  engine: Engine,
  {
    tenantId,
    siteId,
    signal,
    forMs = engine.sliceMs ?? defaultSliceMs,
  }: { tenantId: TenantId; siteId: SiteId; signal?: AbortSignal; forMs?: number },
): Promise<void> {
  const { pool } = engine;
  const backfill = await withTenant(pool, tenantId, (client) => findOpen(client, siteId));
  if (!backfill) return;
  const isFurther =
    backfill.state === 'waiting' || backfill.state === 'estimating'
      ? await estimate(engine, { tenantId, siteId }, backfill)
      : await readSlice(engine, { tenantId, siteId, forMs, ...(signal && { signal }) }, backfill);
  await withTenant(pool, tenantId, async (client) => {
    if (isFurther && (await findOpen(client, siteId))) await enqueue(client, siteId);
    await notify(client, siteId);
  });
}

async function findOpen(client: TenantClient, siteId: SiteId): Promise<Backfill | null> {
  const { rows } = await client.query<Backfill>(
    `select id, state, from_at as "from", to_at as "to", targets from backfills
     where tenant_id = $1 and site_id = $2 and ${isOpen} order by id limit 1`,
    [client.tenantId, siteId],
  );
  return rows[0] ?? null;
}

type Place = { tenantId: TenantId; siteId: SiteId };

async function estimate(engine: Engine, { tenantId, siteId }: Place, backfill: Backfill): Promise<boolean> {
  const { pool } = engine;
  if (!(await setState(pool, tenantId, backfill.id, ['waiting', 'estimating'], 'estimating'))) return true;
  let counts: PeriodCount[];
  try {
    counts = await countSitePeriod(engine, { tenantId, siteId, period: backfill, targets: backfill.targets });
  } catch (error) {
    await countFailure(pool, tenantId, backfill.id, error as AppError);
    return false;
  }
  await withTenant(pool, tenantId, async (client) => {
    for (const { source, stream, count } of counts) {
      await client.query(
        `insert into backfill_streams (tenant_id, backfill_id, source, stream, estimated_count) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, backfill_id, source, stream) do update set estimated_count = excluded.estimated_count`,
        [tenantId, backfill.id, source, stream, count],
      );
    }
  });
  await setState(pool, tenantId, backfill.id, ['estimating'], 'ready');
  return true;
}

async function readSlice(
  engine: Engine,
  { tenantId, siteId, signal, forMs }: Place & { signal?: AbortSignal; forMs: number },
  backfill: Backfill,
): Promise<boolean> {
  const { pool } = engine;
  if (!(await setState(pool, tenantId, backfill.id, ['ready', 'running'], 'running'))) return true;
  const slice = await withTenant(pool, tenantId, (client) => loadSlice(client, backfill.id, forMs));
  const result = await runSite(engine, {
    tenantId,
    siteId,
    kind: 'backfill',
    period: backfill,
    slice,
    ...(signal && { signal }),
  });
  if (!result) return false;
  const { error, streams, warnings } = result;
  if (error?.code === 'daemon_stopping') return true;
  if (error?.code === 'run_cancelled') {
    await setState(pool, tenantId, backfill.id, ['running'], 'paused');
    return true;
  }
  const failed = streams.find(({ state }) => state === 'failed');
  if (error || failed) {
    const warning = warnings.find(({ stream }) => stream === failed?.stream);
    await countFailure(pool, tenantId, backfill.id, error ?? warning!);
    return false;
  }
  await withTenant(pool, tenantId, async (client) => {
    // What the shop no longer has (a plugin was removed) is done.
    await client.query(
      `update backfill_streams set is_done = true
       where tenant_id = $1 and backfill_id = $2 and not is_done and (source || '/' || stream) <> all($3::text[])`,
      [tenantId, backfill.id, streams.map(({ source, stream }) => `${source}/${stream}`)],
    );
    await client.query(
      `update backfills b set failure_count = 0, error_code = null, error_facts = null,
         state = case when state = 'running' and is_read then 'done' else state end,
         finished_at = case when state = 'running' and is_read then now() else finished_at end
       from (select not exists (select from backfill_streams where tenant_id = $1 and backfill_id = $2 and not is_done) as is_read) as streams
       where b.tenant_id = $1 and b.id = $2`,
      [tenantId, backfill.id],
    );
  });
  return true;
}

/** Moves on unless a person has paused or cancelled it meanwhile. */
async function setState(
  pool: Pool,
  tenantId: TenantId,
  id: string,
  from: BackfillState[],
  to: BackfillState,
): Promise<boolean> {
  return await withTenant(pool, tenantId, async (client) => {
    const { rowCount } = await client.query(
      `update backfills set state = $4, started_at = case when $4 = 'running' then coalesce(started_at, now()) else started_at end
       where tenant_id = $1 and id = $2 and state = any($3::text[])`,
      [tenantId, id, from, to],
    );
    return rowCount === 1;
  });
}

async function countFailure(
  pool: Pool,
  tenantId: TenantId,
  id: string,
  { code, facts }: { code: string; facts?: Record<string, unknown> },
): Promise<void> {
  await withTenant(pool, tenantId, (client) =>
    client.query(
      `update backfills set failure_count = failure_count + 1, error_code = $3, error_facts = $4,
         state = case when state in ('estimating', 'running') and failure_count + 1 >= $5 then 'failed' else state end,
         finished_at = case when state in ('estimating', 'running') and failure_count + 1 >= $5 then now() else finished_at end
       where tenant_id = $1 and id = $2`,
      [tenantId, id, code, facts ?? {}, mostFailures],
    ),
  );
}
