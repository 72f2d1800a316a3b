// GET /metrics: what a Prometheus sees of this daemon. What runs did is counted as it happens (run-meter.ts); queue, lags and alerts are asked of
// Postgres at each scrape and belong to the installation: with several daemons each of them tells the same. Labels are ids, kinds and codes.
import { type Family, gauge, toText } from '#shared/metrics/exposition.ts';
import { describePool, describeProcess } from '#shared/metrics/process.ts';
import { readBackupState } from '../backup/scheduled.ts';
import type { Pool } from '../db.ts';
import { listShopStates, readQueue } from '../shop-states.ts';
import { runFamilies } from './run-meter.ts';

type Scraped = { pool: Pool /** Null: this daemon plans no backups. */; backupCron: string | null };

/** The text of a scrape; when Postgres is away, what can be told without it and `carrinho_postgres_up 0`. */
export async function scrape({ pool, backupCron }: Scraped): Promise<string> {
  const installation = await describeInstallation({ pool, backupCron }).catch(() => null);
  return toText([
    gauge('carrinho_postgres_up', 'Whether Postgres answered this scrape.', [{ value: installation ? 1 : 0 }]),
    ...runFamilies,
    ...(installation ?? []),
    ...describePool({
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    ...describeProcess(),
  ]);
}

async function describeInstallation({ pool, backupCron }: Scraped): Promise<Family[]> {
  const queue = await readQueue(pool);
  const { streams, alerts } = await listShopStates(pool);
  const backup = await readBackupState(pool, { cron: backupCron, now: new Date() });
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
      'Seconds since a stream of a shop was last read to its end, where it is there and reads are due.',
      streams
        .filter(({ isDue, state }) => isDue && state !== 'absent')
        .flatMap(({ tenantId, siteId, source, stream, lagSeconds }) =>
          lagSeconds === null
            ? []
            : [{ labels: { tenant: tenantId, site: siteId, source, stream }, value: lagSeconds }],
        ),
    ),
    gauge('carrinho_alerts_open', 'Open alerts of shops by code.', [...counts.values()]),
    gauge(
      'carrinho_backup_state',
      "How the installation's backups stand, 1 for the state they are in.",
      (['off', 'waiting', 'ok', 'late', 'failed'] as const).map((state) => ({
        labels: { state },
        value: backup.state === state ? 1 : 0,
      })),
    ),
    gauge(
      'carrinho_backup_last_good_seconds',
      'When the last good backup was done, in seconds since 1970.',
      backup.lastGoodAt ? [{ value: backup.lastGoodAt.getTime() / 1000 }] : [],
    ),
  ];
}
