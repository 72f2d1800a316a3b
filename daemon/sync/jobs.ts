// The jobs of a daemon: reading a shop, and what people ask for through `commands`. The queue keeps one run a shop at a time; a shop that keeps
// failing is asked less and less often, unless a person asks or its connection was changed.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker';
import PQueue from 'p-queue';
import { z } from 'zod';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type BackupPlan, runBackupJob } from '../backup/scheduled.ts';
import { askInOneMessage, type TenantClient, withTenant } from '../db.ts';
import { answerTests } from '../doctor/asked-test.ts';
import { erasuresOf } from '../erasure/tombstones.ts';
import { checkTruth } from '../recompute/check-figures.ts';
import { recomputeAll, recomputeQueued } from '../recompute/recompute.ts';
import { loadSite } from '../settings.ts';
import { stepBackfill } from './backfill.ts';
import { findDatabaseError, isPostgresLost } from './database-error.ts';
import { freeDeadPools, freeForgottenJobs, holdPoolLocks } from './dead-pools.ts';
import type { Engine } from './engine.ts';
import { remapLeads } from './map-leads.ts';
import { askRetries } from './quarantine.ts';
import { runSite } from './run.ts';
import { watchForms } from './shop-watch.ts';

const payloadSchema = z.object({
  tenantId: z.string().regex(/^\d+$/),
  siteId: z.string().regex(/^\d+$/),
  kind: z.enum(['poll', 'full', 'reconcile', 'backfill', 'recompute', 'doctor']),
});

export type Jobs = {
  /** Lets the jobs in hand end (their runs stop at the next page), and no new ones begin. */
  stop(): Promise<void>;
};

/** Shops on one database server that are read at the same time. */
const shopsPerHost = 4;
const sweepEveryMs = 5_000;
const restartAfterMs = 2_000;

/** Starts the workers. `signal` is aborted when the process stops; `lockUrl` is a direct connection. */
export async function startJobs({
  engine,
  concurrency,
  lockUrl,
  backups = null,
  signal,
}: {
  engine: Engine;
  concurrency: number;
  lockUrl: string;
  backups?: BackupPlan | null;
  signal: AbortSignal;
}): Promise<Jobs> {
  const { pool, log } = engine;
  const ownPoolIds = new Set<string>();
  const locks = holdPoolLocks({ url: lockUrl, log });
  const hosts = new Map<string, PQueue>();
  const runningJobIds = new Set<string>();
  // Sweeps that still look for jobs whose end was not written.
  let forgottenSweeps = 0;
  const sweep = async () => {
    try {
      await freeDeadPools(pool, ownPoolIds, log);
      if (forgottenSweeps === 0) return;
      await freeForgottenJobs(pool, { ownPoolIds, runningJobIds, log });
      forgottenSweeps -= 1;
    } catch (error) {
      log.warn('jobs.sweep_failed', { error: error instanceof Error ? error.message : String(error) });
    }
  };
  const events: WorkerEvents = new EventEmitter();
  // Jobs are locked in the name of the pool that its workers share, not of a worker.
  events.on('pool:create', ({ workerPool }) => {
    ownPoolIds.add(workerPool.id);
    locks.add(workerPool.id);
  });
  // A daemon that was killed and started again finds its own locks here.
  await sweep();

  function queueOf(host: string): PQueue {
    const known = hosts.get(host);
    if (known) return known;
    const queue = new PQueue({ concurrency: shopsPerHost });
    hosts.set(host, queue);
    return queue;
  }

  const runWorkers = (): Promise<Runner> =>
    run({
      pgPool: pool,
      concurrency,
      noHandleSignals: true,
      pollInterval: 1000,
      events,
      logger: new Logger(() => (level, message) => {
        if (level === 'error' || level === 'warning') log.warn('jobs', { message });
      }),
      // The job engine sees to it that a tick makes one job, however many daemons there are.
      parsedCronItems: backups
        ? parseCronItems([
            {
              task: 'backup',
              match: backups.cron,
              identifier: 'backup',
              options: { maxAttempts: 1, queueName: 'backup', jobKey: 'backup' },
            },
          ])
        : [],
      taskList: {
        ...(backups && { backup: () => runBackupJob(pool, backups, log) }),
        sync_site: async (payload, { job }) => {
          runningJobIds.add(job.id);
          try {
            await runJob(payload);
          } finally {
            runningJobIds.delete(job.id);
          }
        },
      },
    });
  async function runJob(payload: unknown): Promise<void> {
    const { tenantId, siteId, kind } = payloadSchema.parse(payload) as {
      tenantId: TenantId;
      siteId: SiteId;
      kind: z.infer<typeof payloadSchema>['kind'];
    };
    if (kind === 'doctor') {
      await answerTests(engine, { tenantId, siteId });
      return;
    }
    if (kind === 'backfill') {
      // What people ask for is the next poll's, which comes before the next slice.
      const place = await withTenant(pool, tenantId, (client) => findPlace(client, siteId));
      if (!place || place.waitUntil > new Date()) return;
      await queueOf(place.host).add(() => stepBackfill(engine, { tenantId, siteId, signal }), { priority: -1 });
      return;
    }
    // Most polls were asked for by nobody.
    const { isAsked, place: known } = await askInOneMessage(pool, tenantId, async (client) => {
      const [commands, place] = await Promise.all([findCommand(client, siteId), findPlace(client, siteId)]);
      return { isAsked: commands, place };
    });
    const asked = !isAsked
      ? []
      : await withTenant(pool, tenantId, async (client) => {
          const kinds = await takeCommands(client, siteId);
          // Taken and done in one transaction: a daemon that is killed here leaves the request to the next one.
          if (kinds.includes('remap')) {
            await remapLeads(client, siteId, erasuresOf(engine.box));
            await watchForms(client, await loadSite(client, siteId));
          }
          if (kinds.includes('retry_quarantine')) await askRetries(client, siteId);
          return kinds;
        });
    if (asked.includes('recompute')) await recomputeAsked(tenantId, siteId);
    else if (asked.includes('remap') || kind === 'recompute') {
      await recomputeQueued(pool, tenantId, { now: new Date(), log });
    }
    if (asked.includes('remap')) await withTenant(pool, tenantId, (client) => tellPages(client, siteId));
    if (kind === 'recompute') return;
    const place = isAsked ? await withTenant(pool, tenantId, (client) => findPlace(client, siteId)) : known;
    const isAskedNow = ['sync_now', 'accept_loss', 'retry_quarantine'].some((each) => asked.includes(each));
    if (!place || (!isAskedNow && place.waitUntil > new Date())) return;
    const acceptsLoss = asked.includes('accept_loss');
    await queueOf(place.host).add(() =>
      runSite(engine, { tenantId, siteId, kind: acceptsLoss ? 'reconcile' : kind, acceptsLoss, signal }),
    );
    if (kind === 'full' && !signal?.aborted) await checkTruth(pool, { tenantId, siteId, now: new Date(), log });
  }
  /** Its command ends with it, so that a page can tell; a daemon that is killed meanwhile leaves it to the next one. */
  async function recomputeAsked(tenantId: TenantId, siteId: SiteId): Promise<void> {
    const begun = new Date();
    const note = (column: 'started_at' | 'finished_at') =>
      withTenant(pool, tenantId, async (client) => {
        await client.query(
          `update commands set ${column} = now() where tenant_id = $1 and kind = 'recompute' and finished_at is null and created_at <= $2`,
          [tenantId, begun],
        );
        await tellPages(client, siteId);
      });
    await note('started_at');
    await recomputeAll(pool, tenantId, { now: begun, log });
    await note('finished_at');
  }
  const timer = setInterval(() => void sweep(), sweepEveryMs);
  let isStopped = false;
  // The job engine writes a job's end without hearing whether it could: a Postgres that goes away in that moment would end the process. The job
  // stays locked, and the next sweep asks for it anew.
  const onUnheard = (error: unknown) => {
    if (!isPostgresLost(error) && findDatabaseError(error) === null) throw error;
    forgottenSweeps = 3;
    log.warn('jobs.end_not_written', { error: (error as Error).message });
  };
  process.on('unhandledRejection', onUnheard);
  let runner: Runner | null = await runWorkers();

  // The workers give up when Postgres stays away for some seconds; they are started again until it is back.
  async function keepRunning(): Promise<void> {
    while (!isStopped) {
      await runner?.promise.catch((error: Error) => log.warn('jobs.stopped', { error: error.message }));
      if (isStopped) return;
      await sleep(restartAfterMs);
      runner = await runWorkers().catch((error: Error) => {
        log.warn('jobs.not_started', { error: error.message });
        return null;
      });
      if (isStopped) await runner?.stop();
    }
  }
  const kept = keepRunning();
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await runner?.stop().catch((error: Error) => log.warn('jobs.stop_failed', { error: error.message }));
      await kept;
      await locks.stop();
      process.off('unhandledRejection', onUnheard);
    },
  };
}

async function tellPages(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(`select pg_notify('carrinho_progress', $1)`, [
    JSON.stringify({ tenant: client.tenantId, site: siteId }),
  ]);
}

/** `cancel` is the run's own, tests are the doctor's. */
const openCommands = `tenant_id = $1 and site_id = $2 and finished_at is null
     and kind in ('sync_now', 'remap', 'recompute', 'accept_loss', 'retry_quarantine')`;

async function findCommand(client: TenantClient, siteId: SiteId): Promise<boolean> {
  const { rowCount } = await client.query(`select from commands where ${openCommands} limit 1`, [
    client.tenantId,
    siteId,
  ]);
  return rowCount === 1;
}

/** The open commands of a shop, now taken; a recompute is taken until it is done. */
async function takeCommands(client: TenantClient, siteId: SiteId): Promise<string[]> {
  const { rows } = await client.query<{ kind: string }>(
    `update commands set finished_at = case when kind = 'recompute' then null else now() end where ${openCommands} returning kind`,
    [client.tenantId, siteId],
  );
  return rows.map(({ kind }) => kind);
}

type FailedRun = { state: string; retry: string | null; finishedAt: Date };

const minuteMs = 60_000;

/** When a shop that failed may be asked again by itself: after 1, 2, 4 … minutes, up to 15, or up to 60 when a person must mend something. */
export function nextAttempt(newestFirst: FailedRun[]): Date {
  const firstGood = newestFirst.findIndex(({ state }) => state !== 'failed');
  const failures = firstGood < 0 ? newestFirst.length : firstGood;
  const last = newestFirst[0];
  if (!last || failures === 0) return new Date(0);
  const longest = last.retry === 'after-fix' ? 60 : 15;
  // The first failure may be a blink: the next tick tries again.
  const minutes = failures === 1 ? 0 : Math.min(2 ** (failures - 2), longest);
  return new Date(last.finishedAt.getTime() + minutes * minuteMs);
}

async function findPlace(client: TenantClient, siteId: SiteId): Promise<{ host: string; waitUntil: Date } | null> {
  const { rows } = await client.query<{
    host: string;
    runs: (Omit<FailedRun, 'finishedAt'> & { finishedAt: string })[];
  }>(
    `select coalesce(c.ssh_host, c.host) as host,
            (select coalesce(json_agg(json_build_object('state', state, 'retry', retry, 'finishedAt', finished_at) order by id desc), '[]') from (
               select id, state, error_facts ->> 'retry' as retry, finished_at from runs
               where tenant_id = $1 and site_id = $2 and backfill_id is null and finished_at > c.updated_at
                 and error_code is distinct from 'daemon_lost' and error_code is distinct from 'daemon_stopping'
               order by id desc limit 10) newest) as runs
     from connections c where c.tenant_id = $1 and c.site_id = $2`,
    [client.tenantId, siteId],
  );
  const found = rows[0];
  if (!found) return null;
  const runs = found.runs.map((run) => ({ ...run, finishedAt: new Date(run.finishedAt) }));
  return { host: found.host, waitUntil: nextAttempt(runs) };
}
