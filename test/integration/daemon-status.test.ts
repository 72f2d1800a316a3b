// What a daemon tells of itself: metrics that a Prometheus can read and that agree with the rows of its runs, and whether it can work at all.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { startStatusServer } from '../../daemon/status.ts';
import { raiseAlert } from '../../daemon/sync/alerts.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { parseMetrics } from '../support/prometheus.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
let daemon: DaemonProcess;

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true, size: 'tiny' });
  daemon = await startDaemon(world);
});
afterAll(async () => {
  await daemon?.end('SIGKILL');
  await world?.drop();
});

const get = (path: string, port = daemon.port) => fetch(`http://127.0.0.1:${port}${path}`);

async function until<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = performance.now() + 100_000; performance.now() < end; await sleep(50)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`not seen: ${what}\n${daemon.output()}`);
}

const untilHealth = (status: string) =>
  until(async () => {
    const response = await get('/health');
    const body = (await response.json()) as { status: string };
    return body.status === status ? response.status : undefined;
  }, `health ${status}`);

test('the metrics are in form, agree with the rows of the run, and name nobody', async () => {
  await withTenant(world.pool, world.tenantId, async (client) => {
    await raiseAlert(client, world.siteId, { code: 'many_rows_gone', subject: 'a "form"' });
    await client.query('select enqueue_job($1)', [world.siteId]);
  });
  const run = await until(
    async () => (await world.rows<{ id: string }>(`select id from runs where state = 'succeeded'`))[0],
    'a finished run',
  );
  // The run is counted an instant after its last transaction.
  const text = await until(async () => {
    const answer = await (await get('/metrics')).text();
    return answer.includes('carrinho_runs_total{') ? answer : undefined;
  }, 'the counted run');
  const metrics = parseMetrics(text);
  const shop = { tenant: world.tenantId, site: world.siteId };

  expect(metrics.carrinho_runs_total?.samples).toEqual([
    { name: 'carrinho_runs_total', labels: { ...shop, kind: 'poll', state: 'succeeded' }, value: 1 },
  ]);
  const streams = await world.rows<{ source: string; stream: string; count: string }>(
    'select source, stream, new_count as count from run_streams where run_id = $1 and new_count > 0',
    [run.id],
  );
  const counted = metrics.carrinho_rows_total!.samples.filter(({ labels }) => labels.outcome === 'new');
  expect(streams.length).toBeGreaterThan(2);
  expect(new Map(counted.map(({ labels, value }) => [`${labels.source}/${labels.stream}`, value]))).toEqual(
    new Map(streams.map(({ source, stream, count }) => [`${source}/${stream}`, Number(count)])),
  );
  const [access] = await world.rows<{ n: number }>('select statement_count as n from shop_access');
  expect(metrics.carrinho_shop_statements_total!.samples).toEqual([
    { name: 'carrinho_shop_statements_total', labels: shop, value: access!.n },
  ]);
  expect(metrics.carrinho_lag_seconds!.samples.map(({ labels }) => labels.stream)).toEqual(
    expect.arrayContaining(['carts', 'entries', 'orders']),
  );
  expect(metrics.carrinho_alerts_open!.samples).toContainEqual({
    name: 'carrinho_alerts_open',
    labels: { ...shop, code: 'many_rows_gone' },
    value: 1,
  });
  const writes = metrics.carrinho_page_seconds!.samples.filter(
    ({ name, labels }) => name.endsWith('_count') && labels.phase === 'write',
  );
  expect(writes.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(3);
  for (const name of [
    'carrinho_build_info',
    'carrinho_postgres_up',
    'carrinho_queue_jobs',
    'carrinho_pool_connections',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(metrics[name]?.samples.length, name).toBeGreaterThan(0);
  expect(text).not.toMatch(/Loja|@|\+55/);

  const status = (await (await get('/status')).json()) as { state: string; alerts: unknown[] };
  expect(status.state).toBe('ok');
  expect(status.alerts).toContainEqual(expect.objectContaining({ code: 'many_rows_gone', subject: 'a "form"' }));
});

test('health tells a Postgres that takes no writes, one that is away, and that all is well again', async () => {
  expect(await untilHealth('ok')).toBe(200);
  const database = new URL(world.databaseUrl.replace(/^postgres(?:ql)?:/, 'http:')).pathname.slice(1);
  const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  const drop = () =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
  try {
    await admin.query(`alter database ${database} set default_transaction_read_only = on`);
    await drop();
    expect(await untilHealth('database_read_only')).toBe(503);

    await admin.query(`alter database ${database} reset default_transaction_read_only`);
    await admin.query(`alter database ${database} allow_connections false`);
    await drop();
    expect(await untilHealth('database_unavailable')).toBe(503);
    const metrics = parseMetrics(await (await get('/metrics')).text());
    expect(metrics.carrinho_postgres_up!.samples[0]!.value).toBe(0);
    expect(metrics.process_resident_memory_bytes!.samples).toHaveLength(1);
  } finally {
    await admin.query(`alter database ${database} allow_connections true`);
    await admin.end();
  }
  expect(await untilHealth('ok')).toBe(200);
});

test('health tells a full disk by the heartbeat that could not be written', async () => {
  let refused: string | null = '53100';
  const server = await startStatusServer({
    pool: world.pool,
    daemonId: 'd',
    version: '1',
    startedAt: new Date(),
    listSchedules: () => [],
    heartbeatError: () => refused,
    backupCron: null,
    port: 0,
  });
  const { port } = server.address() as { port: number };
  try {
    const response = await get('/health', port);
    expect({ code: response.status, body: await response.json() }).toMatchObject({
      code: 503,
      body: { status: 'database_full' },
    });
    refused = null;
    expect((await get('/health', port)).status).toBe(200);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
