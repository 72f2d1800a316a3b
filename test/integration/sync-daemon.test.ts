// A real daemon process: it reads shops when told, is killed in the middle and goes on, stops in time, and tells its state.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { closeListeners, listen } from '../support/tcp.ts';

let world: SyncShop;
const daemons: DaemonProcess[] = [];

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true });
});
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.end('SIGKILL')));
});
afterAll(() => world.drop());

async function start(): Promise<DaemonProcess> {
  const daemon = await startDaemon(world);
  daemons.push(daemon);
  return daemon;
}

const enqueue = (kind = 'poll') =>
  withTenant(world.pool, world.tenantId, (client) => client.query('select enqueue_job($1, $2)', [world.siteId, kind]));

async function until<T>(find: () => Promise<T | undefined>, what: string, withinMs = 150_000): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const found = await find();
    if (found !== undefined) return found;
    await sleep(30);
  }
  throw new Error(`not seen within ${withinMs} ms: ${what}\n${daemons.map((daemon) => daemon.output()).join('\n')}`);
}

const findRun = async (where: string) =>
  (
    await world.rows<{ id: string; state: string; error_code: string | null }>(
      `select id, state, error_code from runs where ${where} order by id desc limit 1`,
    )
  )[0];

test('killed in the middle of the first sync and started again, the copy becomes equal to the shop', async () => {
  const first = await start();
  await enqueue();
  await until(async () => (await world.rows('select from batches offset 3'))[0], 'some batches');
  await first.end('SIGKILL');
  const interrupted = await findRun(`state in ('connecting', 'reading', 'writing', 'recomputing')`);
  expect(interrupted).toBeDefined();

  await start();
  const startedAt = performance.now();
  await until(() => findRun(`state = 'succeeded' and id > ${interrupted!.id}`), 'a run that goes on');
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  expect(await findRun(`id = ${interrupted!.id}`)).toMatchObject({ state: 'failed', error_code: 'daemon_lost' });
  const streams = await compareContent(world.engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
  expect(await world.rows('select external_id from orders group by external_id having count(*) > 1')).toEqual([]);
});

test('the status tells schedules, queue and each stream, and no personal data', async () => {
  await withTenant(world.pool, world.tenantId, async (client) => {
    await client.query(
      `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'reconcile', '17 * * * *')`,
      [world.tenantId, world.siteId],
    );
    await client.query(`select pg_notify('carrinho_settings', '{}')`);
  });
  const daemon = await start();
  const response = await fetch(`http://127.0.0.1:${daemon.port}/status`);
  const text = await response.text();
  const status = JSON.parse(text);
  expect(status).toMatchObject({ queue: { failed: 0 }, schedules: [{ kind: 'reconcile', expression: '17 * * * *' }] });
  expect(new Date(status.schedules[0].nextFireAt).getUTCMinutes()).toBe(17);
  expect(status.shops.map(({ stream }: { stream: string }) => stream)).toEqual(
    expect.arrayContaining(['carts', 'entries', 'orders']),
  );
  expect(status.shops[0]).toMatchObject({ state: 'done', lagSeconds: expect.any(Number) });
  expect(text).not.toMatch(/@|\+55/);
});

test('on SIGTERM in the middle of a full pass it is gone within ten seconds, and the shop is free', async () => {
  const daemon = await start();
  const before = (await findRun('true'))!.id;
  await enqueue('full');
  await until(() => findRun(`id > ${before} and read_count > 0`), 'a run that reads');
  const { code, ms } = await daemon.end('SIGTERM');
  expect(code).toBe(0);
  expect(ms).toBeLessThan(10_000);
  expect(
    await world.rows(`select from runs where state in ('connecting', 'reading', 'writing', 'recomputing')`),
  ).toEqual([]);
  expect((await world.sync()).state).toBe('succeeded');
});

test('when Postgres drops every connection, the daemon comes back by itself and syncs', async () => {
  const daemon = await start();
  const before = (await findRun('true'))!.id;
  await world.rows(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> 'test-owner'`,
  );
  await until(
    async () => ((await fetch(`http://127.0.0.1:${daemon.port}/health`)).ok ? true : undefined),
    'a healthy daemon',
  );
  await enqueue();
  await until(() => findRun(`id > ${before} and state = 'succeeded'`), 'a run after the break');
  expect(daemon.child.exitCode).toBeNull();
});

test('a living daemon keeps its job, however long it takes', async () => {
  const silent = await listen(() => undefined);
  const setPort = (port: number) => world.owner.query('update connections set port = $1', [port]);
  await setPort(silent.port);
  try {
    // What an earlier test's killed daemon held is not what this test is about.
    await world.rows('delete from graphile_worker._private_jobs');
    await world.rows('update graphile_worker._private_job_queues set locked_by = null, locked_at = null');
    const daemon = await start();
    const before = (await findRun('true'))?.id ?? '0';
    await enqueue();
    await until(
      () => findRun(`id > ${before} and error_code = 'mysql_no_answer'`),
      'a shop that does not answer for ten seconds',
    );
    expect(daemon.output()).not.toContain('jobs.freed');
    expect(await world.rows(`select id from runs where id > ${before}`)).toHaveLength(1);
  } finally {
    await setPort(world.port);
    await closeListeners();
  }
});
