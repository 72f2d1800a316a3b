// When shops are read: cron expressions by shop and kind, from the table `schedules`. A NOTIFY only shortens the wait for a changed schedule; the
// table is read again every minute anyway. Firing is one transaction that moves fired_at and adds the job, so a tick fires once, however many
// daemons there are. Shops are spread over the minute, so that they do not all start at its first second.
import cron, { type ScheduledTask } from 'node-cron';
import pg from 'pg';
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { askInOneMessage, type Pool } from '../db.ts';

export type ScheduleKind = 'poll' | 'reconcile' | 'full';

type Schedule = { tenantId: TenantId; siteId: SiteId; kind: ScheduleKind };
/** `timeZone`: the shop's, in which the expression's hours are meant. */
type ScheduleRow = Schedule & { expression: string; timeZone: string };

export type NextFire = ScheduleRow & { nextFireAt: Date | null };

export type Scheduler = {
  /** What is planned and when each fires next. */
  list(): NextFire[];
  stop(): Promise<void>;
};

const reloadEveryMs = 60_000;
const relistenAfterMs = 2_000;

/** Is this a cron expression of five fields, down to the minute? */
export function validateCron(expression: string): boolean {
  return expression.trim().split(/\s+/).length === 5 && cron.validate(expression);
}

/**
 * A fixed offset as Node 20's Intl knows it: `-03:00` is `Etc/GMT+3`, with the sign turned round. There are none of half an hour: the night
 * pass then begins half an hour early.
 */
export function cronZone(timeZone: string): string {
  const [, sign, hours] = /^([+-])(\d\d):\d\d$/.exec(timeZone) ?? [];
  if (!sign || !hours) return timeZone;
  return Number(hours) === 0 ? 'UTC' : `Etc/GMT${sign === '-' ? '+' : '-'}${Number(hours)}`;
}

/** Which second of the minute a shop begins at. */
export function secondOf(siteId: SiteId): number {
  return Number((BigInt(siteId) * 2_654_435_761n) % 60n);
}

/** The minute of a tick: daemons whose timers differ by a second agree on it. */
function tickOf(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 60_000) * 60_000);
}

/** Fires one tick of one schedule; false when another daemon did, or the schedule is paused meanwhile. */
export async function fireSchedule(pool: Pool, { tenantId, siteId, kind }: Schedule, at: Date): Promise<boolean> {
  const { rowCount } = await askInOneMessage(pool, tenantId, (client) =>
    client.query(
      `with fired as (
         update schedules s set fired_at = $4
         where s.tenant_id = $1 and s.site_id = $2 and s.kind = $3 and (s.fired_at is null or s.fired_at < $4) and not s.is_paused
           and not exists (select from tenants t where t.id = $1 and t.suspended_at is not null)
         returning s.site_id, s.kind
       )
       select enqueue_job(site_id, kind) from fired`,
      [tenantId, siteId, kind, tickOf(at)],
    ),
  );
  return rowCount === 1;
}

async function listSchedules(pool: Pool): Promise<ScheduleRow[]> {
  const { rows } = await pool.query<ScheduleRow>(
    `select s.tenant_id as "tenantId", s.site_id as "siteId", s.kind, s.cron_expression as expression,
            coalesce(w.time_zone, w.detected_time_zone, t.time_zone) as "timeZone"
     from schedules s join tenants t on t.id = s.tenant_id join sites w on w.tenant_id = s.tenant_id and w.id = s.site_id
     where not s.is_paused and t.suspended_at is null order by s.tenant_id, s.site_id, s.kind`,
  );
  return rows;
}

/** Starts the cron tasks and keeps them equal to the table. `listenUrl` is a direct connection for LISTEN. */
export async function startScheduler({
  pool,
  listenUrl,
  log,
}: {
  pool: Pool;
  listenUrl: string;
  log: Log;
}): Promise<Scheduler> {
  // One task for all that fire in the same second: a task of its own for each of a thousand shops would take 37 MB.
  const groups = new Map<string, { rows: ScheduleRow[]; task: ScheduledTask }>();
  let isStopped = false;
  let reloading: Promise<void> = Promise.resolve();

  async function apply(): Promise<void> {
    if (isStopped) return;
    const wanted = new Map<string, ScheduleRow[]>();
    for (const row of await listSchedules(pool)) {
      if (!validateCron(row.expression)) {
        log.warn('schedule.invalid', { tenant: row.tenantId, site: row.siteId, kind: row.kind });
        continue;
      }
      const key = `${secondOf(row.siteId)} ${row.expression}/${cronZone(row.timeZone)}`;
      const rows = wanted.get(key) ?? [];
      wanted.set(key, rows);
      rows.push(row);
    }
    for (const [key, { task }] of groups) {
      if (wanted.has(key)) continue;
      await task.destroy();
      groups.delete(key);
    }
    for (const [key, rows] of wanted) {
      if (isStopped) return;
      const group = groups.get(key);
      if (group) group.rows = rows;
      else groups.set(key, { rows, task: plan(key, rows[0]!) });
    }
  }

  function plan(key: string, { siteId, expression, timeZone }: ScheduleRow): ScheduledTask {
    return cron.schedule(
      `${secondOf(siteId)} ${expression}`,
      async () => {
        for (const row of groups.get(key)?.rows ?? []) {
          await fireSchedule(pool, row, new Date()).catch((error: Error) =>
            log.error('schedule.not_fired', { site: row.siteId, kind: row.kind, error: error.message }),
          );
        }
      },
      // A late tick is no news: the next one comes, and the row says when the last was.
      { suppressMissedWarning: true, missedExecutionTolerance: 30_000, timezone: cronZone(timeZone) },
    );
  }

  function reload(): Promise<void> {
    reloading = reloading.then(apply).catch((error: Error) => {
      log.error('schedule.not_loaded', { error: error.message });
    });
    return reloading;
  }

  await apply();
  const timer = setInterval(() => void reload(), reloadEveryMs);
  const stopListening = listen({ url: listenUrl, onNotice: () => void reload(), log });
  return {
    list: () =>
      [...groups.values()].flatMap(({ rows, task }) => {
        const nextFireAt = task.getNextRun();
        return rows.map((row) => ({ ...row, nextFireAt }));
      }),
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await stopListening();
      await reloading;
      for (const { task } of groups.values()) await task.destroy();
      groups.clear();
    },
  };
}

/** LISTENs for changed settings, for ever; after each reconnect things are read again, since notices may have been missed. */
function listen({ url, onNotice, log }: { url: string; onNotice: () => void; log: Log }): () => Promise<void> {
  let client: pg.Client | null = null;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'carrinho-agenda', keepAlive: true });
    const lose = (error?: Error) => {
      if (client !== next) return;
      client = null;
      void next.end().catch(() => undefined);
      if (isStopped) return;
      log.warn('schedule.listen_lost', { error: error?.message });
      timer = setTimeout(() => void connect(), relistenAfterMs);
    };
    client = next;
    next.on('error', lose);
    next.on('end', () => lose());
    next.on('notification', onNotice);
    try {
      await next.connect();
      await next.query('listen carrinho_settings');
      onNotice();
    } catch (error) {
      lose(error instanceof Error ? error : undefined);
    }
  }

  void connect();
  return async () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
    const last = client;
    client = null;
    await last?.end().catch(() => undefined);
  };
}
