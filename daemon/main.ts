// The sync process: MySQL -> Postgres. Starts in order (settings, pool, schema, sources, schedules, workers, status) and stops in the opposite one:
// on SIGTERM the page in hand is committed, the rest waits for the next run, and the process is gone within ten seconds.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Config, loadConfig } from '#shared/config.ts';
import { AppError, ConfigError, exitCodeOf, needsFixExitCode } from '#shared/errors.ts';
import { createLog, type Log } from '#shared/log.ts';
import type { SealingKey } from '#shared/sealed-box.ts';
import { version } from '#shared/version.ts';
import { planBackups } from './backup/scheduled.ts';
import { createLines } from './connections/lines.ts';
import { createPool, type Pool } from './db.ts';
import { checkSchema } from './migrate.ts';
import { publishSourceTypes } from './source-registry.ts';
import { startStatusServer } from './status.ts';
import { createEngine } from './sync/engine.ts';
import { startJobs } from './sync/jobs.ts';
import { startScheduler } from './sync/schedule.ts';
import { startUpkeep } from './sync/upkeep.ts';

const heartbeatEveryMs = 10_000;
const forgottenAfter = '1 day';
const stopWithinMs = 9_000;

async function beat(
  pool: Pool,
  { daemonId, startedAt, secretKeyId }: { daemonId: string; startedAt: Date; secretKeyId: string },
): Promise<void> {
  await pool.query(
    `insert into daemons (id, version, host, pid, started_at, secret_key_id) values ($1, $2, $3, $4, $5, $6)
     on conflict (id) do update set heartbeat_at = now()`,
    [daemonId, version, hostname(), process.pid, startedAt, secretKeyId],
  );
  await pool.query('delete from daemons where heartbeat_at < now() - $1::interval', [forgottenAfter]);
}

/** The web process seals with the newest. */
async function publishSealingKey(pool: Pool, { keyId, publicKey }: SealingKey): Promise<void> {
  await pool.query(
    `insert into sealing_keys (key_id, public_key) values ($1, $2) on conflict (key_id) do update set published_at = now()`,
    [keyId, publicKey],
  );
}

async function start(config: Config, log: Log): Promise<() => Promise<void>> {
  const url = config.daemonDatabaseUrl ?? config.databaseUrl;
  if (!url) {
    throw new ConfigError([
      'DATABASE_URL não está definida: o daemon precisa de um Postgres (npm start cuida disso sozinho)',
    ]);
  }
  if (config.isProduction && !config.daemonDatabaseUrl)
    log.warn('config.shared_login', { setting: 'DAEMON_DATABASE_URL' });
  const startedAt = new Date();
  const daemonId = randomUUID();
  const pool = createPool({
    url,
    role: config.daemonDatabaseUrl ? null : 'carrinho_daemon',
    name: 'carrinho-daemon',
    // A run takes one connection for itself and one for its readings and its recomputation.
    max: config.syncConcurrency * 2 + 6,
  });
  await checkSchema(pool);
  const lines = createLines();
  const engine = { ...(await createEngine({ pool, config, log, daemonId })), lines };
  await publishSourceTypes(pool, engine.sources);
  await publishSealingKey(pool, engine.sealed);
  const self = { daemonId, startedAt, secretKeyId: engine.box.keyId };
  await beat(pool, self);
  let heartbeatError: string | null = null;
  const heartbeat = setInterval(() => {
    beat(pool, self).then(
      () => {
        heartbeatError = null;
      },
      (error: Error & { code?: string }) => {
        heartbeatError = error.code ?? 'unknown';
        log.warn('daemon.heartbeat_failed', { error: error.message });
      },
    );
  }, heartbeatEveryMs);

  const backups = planBackups(config);
  const stopping = new AbortController();
  const jobs = await startJobs({
    engine,
    concurrency: config.syncConcurrency,
    lockUrl: url,
    // Where only the owner of the database makes backups, a timer of the system does (docs/backup.md).
    backups: backups?.url ? backups : null,
    signal: stopping.signal,
  });
  const scheduler = await startScheduler({ pool, listenUrl: url, log });
  const upkeep = startUpkeep(pool, { box: engine.box, backupFolder: backups?.folder ?? null, log });
  const status = await startStatusServer({
    pool,
    daemonId,
    version,
    startedAt,
    listSchedules: scheduler.list,
    heartbeatError: () => heartbeatError,
    backupCron: backups?.cron ?? null,
    host: config.statusHost,
    port: config.statusPort,
  });
  log.info('daemon.started', { daemon: daemonId, version, port: config.statusPort, sources: engine.sources.length });

  return async () => {
    stopping.abort();
    clearInterval(heartbeat);
    await scheduler.stop();
    await Promise.all([jobs.stop(), upkeep.stop()]);
    await lines.stop();
    status.close();
    status.closeAllConnections();
    await pool.query('delete from daemons where id = $1', [daemonId]).catch(() => undefined);
    await pool.end();
    log.info('daemon.stopped', { daemon: daemonId });
  };
}

const log = createLog();
try {
  const stop = await start(loadConfig(), log);
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      log.info('daemon.stopping', { signal });
      // What is not finished by then is rolled back by Postgres, and its run is closed by the next daemon.
      setTimeout(() => process.exit(0), stopWithinMs).unref();
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
} catch (error) {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    process.stderr.write(
      'A porta do estado do daemon (STATUS_PORT) já está em uso. Escolha outra ou pare o outro processo.\n',
    );
    process.exit(needsFixExitCode);
  }
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    log.error('daemon.failed', { error: error instanceof Error ? error.message : String(error) });
  }
  process.exit(exitCodeOf(error));
}
