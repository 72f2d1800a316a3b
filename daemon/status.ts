// What the daemon says of itself to whoever watches it: GET /health for a supervisor, GET /status for a person or a tool, GET /metrics for a
// Prometheus. Read only, on this machine only unless STATUS_HOST says otherwise, ids and counts but no personal data.
import { createServer, type Server } from 'node:http';
import { metricsType } from '#shared/metrics/exposition.ts';
import { readBackupState } from './backup/scheduled.ts';
import type { Pool } from './db.ts';
import { scrape } from './metrics/metrics.ts';
import { listShopStates, readQueue } from './shop-states.ts';
import type { NextFire } from './sync/schedule.ts';

export type StatusContext = {
  pool: Pool;
  daemonId: string;
  version: string;
  startedAt: Date;
  listSchedules: () => NextFire[];
  /** The SQLSTATE of the last heartbeat when it could not be written. */
  heartbeatError: () => string | null;
  /** Null: no backups are planned. */
  backupCron: string | null;
};

type Answer = { code: number; body: unknown } | { code: number; text: string };

const healthWithinMs = 3_000;

/** Starts the server; rejects when the port is taken. */
export async function startStatusServer(context: StatusContext & { host: string; port: number }): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(context, request.method ?? '', request.url ?? '').then((result) => {
      const isText = 'text' in result;
      response.writeHead(result.code, {
        'Content-Type': isText ? metricsType : 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
      });
      response.end(isText ? result.text : `${JSON.stringify(result.body)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(context.port, context.host, resolve);
  });
  return server;
}

async function answer(context: StatusContext, method: string, url: string): Promise<Answer> {
  if (method !== 'GET') return { code: 405, body: { error: 'method_not_allowed' } };
  const path = url.split('?')[0];
  try {
    if (path === '/health') {
      const status = await findTrouble(context);
      return { code: status ? 503 : 200, body: { status: status ?? 'ok', daemonId: context.daemonId } };
    }
    if (path === '/metrics') return { code: 200, text: await scrape(context) };
    if (path === '/status') return { code: 200, body: await describe(context) };
    return { code: 404, body: { error: 'not_found' } };
  } catch {
    return { code: 503, body: { status: 'database_unavailable', daemonId: context.daemonId } };
  }
}

type Trouble = 'database_unavailable' | 'database_read_only' | 'database_full' | 'database_refuses_writes';

/** Why this daemon can't do its work now; null when it can. */
async function findTrouble({ pool, heartbeatError }: StatusContext): Promise<Trouble | null> {
  const asked = pool.query<{ readOnly: string }>(`select current_setting('transaction_read_only') as "readOnly"`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), healthWithinMs);
  });
  try {
    const result = await Promise.race([asked, late]);
    if (!result) return 'database_unavailable';
    if (result.rows[0]!.readOnly === 'on') return 'database_read_only';
  } catch {
    return 'database_unavailable';
  } finally {
    clearTimeout(timer);
    asked.catch(() => undefined);
  }
  const refused = heartbeatError();
  if (refused === null) return null;
  // 53100 = disk_full, 25006 = read_only_sql_transaction
  if (refused === '53100') return 'database_full';
  return refused === '25006' ? 'database_read_only' : 'database_refuses_writes';
}

async function describe(context: StatusContext) {
  const { pool, daemonId, version, startedAt, listSchedules } = context;
  const { streams, alerts } = await listShopStates(pool);
  return {
    state: (await findTrouble(context)) ?? 'ok',
    version,
    daemonId,
    startedAt,
    uptimeSeconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
    schedules: listSchedules().map(({ tenantId, siteId, kind, expression, nextFireAt }) => ({
      tenantId,
      siteId,
      kind,
      expression,
      nextFireAt,
    })),
    queue: await readQueue(pool),
    backup: await readBackupState(pool, { cron: context.backupCron, now: new Date() }),
    shops: streams,
    alerts,
  };
}
