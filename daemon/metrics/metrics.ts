// GET /metrics: what a Prometheus sees of this daemon. What runs did is counted as it happens (run-meter.ts); queue, lags and alerts are asked of
// Postgres at each scrape and belong to the installation: with several daemons each of them tells the same. Labels are ids, kinds and codes.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Pool } from '../db.ts';
import { listShopStates, readQueue } from '../shop-states.ts';
import { type Family, gauge, toText } from './exposition.ts';
import { runFamilies } from './run-meter.ts';

const loopDelay = monitorEventLoopDelay({ resolution: 20 });
loopDelay.enable();

/** The text of a scrape; when Postgres is away, what can be told without it and `carrinho_postgres_up 0`. */
export async function scrape({
  pool,
  version,
  startedAt,
}: {
  pool: Pool;
  version: string;
  startedAt: Date;
}): Promise<string> {
  const installation = await describeInstallation(pool).catch(() => null);
  return toText([
    gauge('carrinho_build_info', 'Version of the daemon, as labels.', [
      { labels: { version, node: process.versions.node }, value: 1 },
    ]),
    gauge('carrinho_postgres_up', 'Whether Postgres answered this scrape.', [{ value: installation ? 1 : 0 }]),
    ...runFamilies,
    ...(installation ?? []),
    ...describeProcess(pool, startedAt),
  ]);
}

async function describeInstallation(pool: Pool): Promise<Family[]> {
  const queue = await readQueue(pool);
  const { streams, alerts } = await listShopStates(pool);
  const counts = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { tenantId, siteId, code } of alerts) {
    const key = `${siteId}/${code}`;
    const value = (counts.get(key)?.value ?? 0) + 1;
    counts.set(key, { labels: { tenant: tenantId, site: siteId, code }, value });
  }
  return [
    gauge(
      'carrinho_queue_jobs',
      'Jobs of the installation by state.',
      (['waiting', 'running', 'failed'] as const).map((state) => ({ labels: { state }, value: queue[state] })),
    ),
    gauge('carrinho_queue_oldest_waiting_seconds', 'Since when the oldest waiting job could have begun.', [
      { value: queue.oldestWaitingSeconds ?? 0 },
    ]),
    gauge(
      'carrinho_lag_seconds',
      'Seconds since a stream of a shop was last read to its end.',
      streams.flatMap(({ tenantId, siteId, source, stream, lagSeconds }) =>
        lagSeconds === null ? [] : [{ labels: { tenant: tenantId, site: siteId, source, stream }, value: lagSeconds }],
      ),
    ),
    gauge('carrinho_alerts_open', 'Open alerts of shops by code.', [...counts.values()]),
  ];
}

function describeProcess(pool: Pool, startedAt: Date): Family[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  // Its own sampling interval is part of what it measures.
  const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - 0.02) : 0);
  const families: Family[] = [
    gauge('carrinho_pool_connections', "This process' connections to Postgres by state.", [
      { labels: { state: 'used' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'idle' }, value: pool.idleCount },
    ]),
    gauge('carrinho_pool_waiting', 'Who waits for a connection to Postgres.', [{ value: pool.waitingCount }]),
    gauge('process_resident_memory_bytes', 'Resident memory.', [{ value: rss }]),
    gauge('nodejs_heap_used_bytes', 'Heap in use.', [{ value: heapUsed }]),
    {
      ...gauge('process_cpu_seconds_total', 'CPU time since the start.', [{ value: (user + system) / 1e6 }]),
      type: 'counter' as const,
    },
    gauge('process_start_time_seconds', 'When the daemon started, in seconds since 1970.', [
      { value: startedAt.getTime() / 1000 },
    ]),
    gauge('nodejs_eventloop_lag_seconds', 'Delay of the event loop since the last scrape.', [
      { labels: { stat: 'p50' }, value: seconds(loopDelay.percentile(50)) },
      { labels: { stat: 'p99' }, value: seconds(loopDelay.percentile(99)) },
      { labels: { stat: 'max' }, value: seconds(loopDelay.max) },
    ]),
  ];
  loopDelay.reset();
  return families;
}
