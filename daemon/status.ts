// What the daemon says of itself to whoever watches it: GET /health for a supervisor, GET /status for a person or a tool. Read only, on this
// machine only, ids and counts but no personal data.
import { createServer, type Server } from 'node:http';
import type { Pool } from './db.ts';
import type { NextFire } from './sync/schedule.ts';

export type StatusContext = {
  pool: Pool;
  daemonId: string;
  version: string;
  startedAt: Date;
  listSchedules: () => NextFire[];
};

type StreamState = {
  tenantId: string;
  siteId: string;
  source: string;
  stream: string;
  state: string;
  lagSeconds: number | null;
  lastSuccessAt: Date | null;
  lastErrorCode: string | null;
  rows: { read: number; new: number; changed: number; unchanged: number; missing: number; quarantined: number };
};

/** Starts the server on 127.0.0.1; rejects when the port is taken. */
export async function startStatusServer(context: StatusContext & { port: number }): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(context, request.method ?? '', request.url ?? '').then(({ code, body }) => {
      response.writeHead(code, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end(`${JSON.stringify(body)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(context.port, '127.0.0.1', resolve);
  });
  return server;
}

async function answer(context: StatusContext, method: string, url: string): Promise<{ code: number; body: unknown }> {
  if (method !== 'GET') return { code: 405, body: { error: 'method_not_allowed' } };
  const path = url.split('?')[0];
  try {
    if (path === '/health') {
      await context.pool.query('select 1');
      return { code: 200, body: { status: 'ok', daemonId: context.daemonId } };
    }
    if (path === '/status') return { code: 200, body: await describe(context) };
    return { code: 404, body: { error: 'not_found' } };
  } catch {
    return { code: 503, body: { status: 'database_unavailable', daemonId: context.daemonId } };
  }
}

async function describe({ pool, daemonId, version, startedAt, listSchedules }: StatusContext) {
  const queue = await pool.query<{ waiting: string; running: string; failed: string; oldest: number | null }>(
    `select count(*) filter (where locked_at is null and attempts < max_attempts) as waiting, count(*) filter (where locked_at is not null) as running,
            count(*) filter (where locked_at is null and attempts >= max_attempts) as failed,
            extract(epoch from now() - min(run_at) filter (where locked_at is null and attempts < max_attempts))::integer as oldest
     from graphile_worker._private_jobs`,
  );
  const { waiting, running, failed, oldest } = queue.rows[0]!;
  return {
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
    queue: {
      waiting: Number(waiting),
      running: Number(running),
      failed: Number(failed),
      oldestWaitingSeconds: oldest,
    },
    shops: await describeShops(pool),
  };
}

async function describeShops(pool: Pool): Promise<StreamState[]> {
  const sites = await pool.query<{ tenantId: string; siteId: string }>(
    'select tenant_id as "tenantId", id as "siteId" from sites order by tenant_id, id',
  );
  const states: StreamState[] = [];
  for (const { tenantId, siteId } of sites.rows) {
    const client = await pool.connect();
    try {
      await client.query('begin read only');
      await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
      const { rows } = await client.query<Omit<StreamState, 'tenantId' | 'siteId'>>(
        `with streams as (
           select source, stream, max(caught_up_at) as caught_up_at from cursors where tenant_id = $1 and site_id = $2 group by source, stream
         )
         select s.source, s.stream, coalesce(rs.state, 'waiting') as state,
                extract(epoch from now() - s.caught_up_at)::integer as "lagSeconds", s.caught_up_at as "lastSuccessAt",
                (select r.error_code from runs r where r.tenant_id = $1 and r.site_id = $2 and r.error_code is not null order by r.id desc limit 1) as "lastErrorCode",
                json_build_object('read', coalesce(rs.read_count, 0), 'new', coalesce(rs.new_count, 0), 'changed', coalesce(rs.changed_count, 0),
                  'unchanged', coalesce(rs.unchanged_count, 0), 'missing', coalesce(rs.missing_count, 0), 'quarantined', coalesce(rs.quarantined_count, 0)) as rows
         from streams s
         left join lateral (
           select x.* from run_streams x where x.tenant_id = $1 and x.source = s.source and x.stream = s.stream
             and x.run_id = (select max(r.id) from runs r where r.tenant_id = $1 and r.site_id = $2)
         ) rs on true
         order by s.source, s.stream`,
        [tenantId, siteId],
      );
      states.push(...rows.map((row) => ({ tenantId, siteId, ...row })));
    } finally {
      await client.query('rollback').catch(() => undefined);
      client.release();
    }
  }
  return states;
}
