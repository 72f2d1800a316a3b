// The backup that the daemon makes by itself (BACKUP_DIR, BACKUP_CRON, BACKUP_KEEP): one job of the installation, whichever daemon takes it. How it
// went is a row of `backups`, which /status, /metrics and `carrinho estado` tell.
import { mkdir, rm } from 'node:fs/promises';
import type { Keep } from '#shared/backup-keep.ts';
import type { Config } from '#shared/config.ts';
import { nextFirings } from '#shared/cron.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import type { Pool } from '../db.ts';
import { type Backup, createBackup, listBackups } from './create.ts';
import { keepErasures } from './erasures.ts';
import { BackupOwnerError } from './errors.ts';
import { chooseKept } from './retention.ts';

export type BackupPlan = {
  folder: string;
  cron: string;
  keep: Keep /** The owner's; null: not told. */;
  url: string | null;
};

/** What the settings plan; null when they name no folder. */
export function planBackups({ backup: { folder, cron, keep }, databaseUrl }: Config): BackupPlan | null {
  return folder === null ? null : { folder, cron, keep, url: databaseUrl };
}

const rowsKept = '400 days';

/** Makes a backup, thins the folder out, and writes down how it went. Throws what createBackup throws. */
export async function makeBackup(
  pool: Pool,
  { folder, keep, url }: { folder: string; keep: Keep | null; url: string | null },
  { now, log }: { now: Date; log: Log },
): Promise<Backup & { removed: string[] }> {
  try {
    if (!url) throw new BackupOwnerError('O backup precisa do dono do banco: defina DATABASE_URL.');
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
    const backup = await createBackup({ url, folder, now });
    await register(pool, { now, backup, errorCode: null }, log);
    const removed = keep ? await removeOld(folder, keep) : [];
    log.info('backup.made', {
      path: backup.path,
      rows: backup.rowCount,
      bytes: backup.byteCount,
      removed: removed.length,
    });
    return { ...backup, removed };
  } catch (error) {
    const { code } = error as { code?: string };
    await register(pool, { now, backup: null, errorCode: code ?? 'unexpected' }, log);
    log.error('backup.failed', { folder, error: error instanceof AppError ? error.code : (code ?? String(error)) });
    throw error;
  }
}

/** The daemon's job: never throws, since the next tick comes anyway. */
export async function runBackupJob(pool: Pool, plan: BackupPlan, log: Log): Promise<void> {
  const now = new Date();
  await makeBackup(pool, plan, { now, log }).catch(() => undefined);
  await keepErasures(pool, plan.folder, now).catch((error: Error) =>
    log.warn('backup.erasures_not_kept', { error: error.message }),
  );
}

async function register(
  pool: Pool,
  { now, backup, errorCode }: { now: Date; backup: Backup | null; errorCode: string | null },
  log: Log,
): Promise<void> {
  try {
    // A database that was not migrated yet is backed up too.
    const { rows } = await pool.query<{ exists: boolean }>(`select to_regclass('backups') is not null as exists`);
    if (!rows[0]!.exists) return;
    await pool.query(
      `insert into backups (started_at, finished_at, path, byte_count, row_count, error_code) values ($1, clock_timestamp(), $2, $3, $4, $5)`,
      [now, backup?.path ?? null, backup?.byteCount ?? null, backup?.rowCount ?? null, errorCode],
    );
    await pool.query('delete from backups where finished_at < now() - $1::interval', [rowsKept]);
  } catch (error) {
    log.warn('backup.not_registered', { error: (error as Error).message });
  }
}

async function removeOld(folder: string, keep: Keep): Promise<string[]> {
  const whole = (await listBackups(folder)).filter(({ isDamaged }) => !isDamaged);
  const kept = chooseKept(whole, keep);
  const old = whole.filter((backup) => !kept.has(backup)).map(({ path }) => path);
  for (const path of old) await rm(path, { force: true });
  return old;
}

/** off: nobody planned or made any · waiting: the first is to come · late: two that were planned did not come. */
export type BackupState = {
  state: 'off' | 'waiting' | 'ok' | 'late' | 'failed';
  lastGoodAt: Date | null;
  path: string | null;
  failedAt: Date | null;
  errorCode: string | null;
};

/** How the installation's backups stand; `cron` is null where none are planned. */
export async function readBackupState(
  pool: Pool,
  { cron, now }: { cron: string | null; now: Date },
): Promise<BackupState> {
  const { rows } = await pool.query<{ finishedAt: Date; path: string | null; errorCode: string | null }>(
    `(select finished_at as "finishedAt", path, error_code as "errorCode" from backups where path is not null order by finished_at desc limit 1)
     union all
     (select finished_at, path, error_code from backups where path is null order by finished_at desc limit 1)`,
  );
  const good = rows.find(({ path }) => path !== null);
  const bad = rows.find(({ path }) => path === null);
  const isFailed = bad !== undefined && (!good || bad.finishedAt > good.finishedAt);
  const facts = {
    lastGoodAt: good?.finishedAt ?? null,
    path: good?.path ?? null,
    failedAt: isFailed ? bad.finishedAt : null,
    errorCode: isFailed ? bad.errorCode : null,
  };
  if (isFailed) return { state: 'failed', ...facts };
  if (!good) return { state: cron === null ? 'off' : 'waiting', ...facts };
  const missed = cron === null ? undefined : nextFirings(cron, { now: good.finishedAt, timeZone: 'UTC', count: 2 })[1];
  return { state: missed && missed < now ? 'late' : 'ok', ...facts };
}
