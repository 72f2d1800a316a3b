// A period read again in the background: counted first, in slices behind the polls, from where it stood after a pause, a stop or a crash.
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../daemon/cli.ts';
import { withTenant } from '../../daemon/db.ts';
import { changeBackfill, createBackfill, stepBackfill } from '../../daemon/sync/backfill.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { startJobs } from '../../daemon/sync/jobs.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true });
  await world.sync();
  // A slice of one page.
  world.engine.sliceMs = 0;
});
afterAll(() => world.drop());

const always = { from: null, to: null };
type Backfill = { id: string; state: string; estimated: number; read: number; changed: number };

const create = (options: { waitsForStart?: boolean } = {}) =>
  withTenant(world.pool, world.tenantId, (client) =>
    createBackfill(client, { siteId: world.siteId, period: always, targets: ['order', 'cart'], ...options }),
  );
const change = (id: string, verb: 'pause' | 'resume' | 'cancel') =>
  withTenant(world.pool, world.tenantId, (client) => changeBackfill(client, id, verb));
const load = async (id: string): Promise<Backfill> =>
  (
    await world.rows<Backfill>(
      `select b.id, b.state, coalesce(sum(s.estimated_count), 0)::int as estimated, coalesce(sum(s.read_count), 0)::int as read, coalesce(sum(s.changed_count), 0)::int as changed
       from backfills b left join backfill_streams s on s.tenant_id = b.tenant_id and s.backfill_id = b.id where b.id = $1 group by b.tenant_id, b.id`,
      [id],
    )
  )[0]!;
const step = (signal?: AbortSignal) => stepBackfill(world.engine, { ...world, ...(signal && { signal }) });
const spoil = () => world.rows(`update orders set source_hash = 1, city = 'Longe' where external_id % 2 = 0`);
const different = async () => (await compareContent(world.engine, world)).filter((one) => one.differenceCount > 0);

test('it is counted, waits for its start, is paused, stopped and resumed, reads each row once and mends what differed', async () => {
  await spoil();
  expect(await different()).not.toEqual([]);
  const id = await create({ waitsForStart: true });
  await step();
  const ready = await load(id);
  expect(ready).toMatchObject({ state: 'ready', read: 0 });
  expect(ready.estimated).toBeGreaterThan(100);
  await step();
  expect(await load(id)).toEqual(ready);

  expect(await change(id, 'resume')).toBe(true);
  await step();
  const first = await load(id);
  expect(first.state).toBe('running');
  expect(first.read).toBeGreaterThan(0);
  expect(first.read).toBeLessThan(ready.estimated);

  expect(await change(id, 'pause')).toBe(true);
  await step();
  expect(await load(id)).toEqual({ ...first, state: 'paused' });
  await change(id, 'resume');

  // The process stops in the middle: what was read is saved with the page.
  await step(AbortSignal.abort());
  expect((await load(id)).state).toBe('running');
  for (let turn = 0; turn < 200 && (await load(id)).state === 'running'; turn++) await step();
  const done = await load(id);
  expect(done).toMatchObject({ state: 'done', read: ready.estimated, estimated: ready.estimated });
  expect(done.changed).toBeGreaterThan(0);
  expect(await different()).toEqual([]);
  expect(await change(id, 'cancel')).toBe(false);
});

test('a poll comes between two slices of a long backfill', async () => {
  const stopping = new AbortController();
  const since = (await world.rows<{ id: string }>('select max(id) as id from runs'))[0]!.id;
  const id = await create();
  const jobs = await startJobs({
    engine: world.engine,
    concurrency: 1,
    lockUrl: world.databaseUrl,
    signal: stopping.signal,
  });
  const kinds = async () =>
    (
      await world.rows<{ kind: string }>(`select kind from runs where id > $1 and state = 'succeeded' order by id`, [
        since,
      ])
    ).map(({ kind }) => kind);
  try {
    let asked = false;
    for (let turn = 0; turn < 1500 && (await load(id)).state !== 'done'; turn++) {
      if (!asked && (await kinds()).length > 0) {
        asked = true;
        await withTenant(world.pool, world.tenantId, (client) =>
          client.query('select enqueue_job($1)', [world.siteId]),
        );
      }
      await sleep(20);
    }
    expect((await load(id)).state).toBe('done');
    const order = await kinds();
    expect(order).toContain('poll');
    expect(order.at(-1)).toBe('backfill');
    expect(order.filter((kind) => kind === 'backfill').length).toBeGreaterThan(3);
  } finally {
    stopping.abort();
    await jobs.stop();
  }
});

test('a shop that fails five times in a row stops it, and polls are not put off by it', async () => {
  const id = await create();
  await world.rows('update connections set port = 1');
  for (let turn = 0; turn < 5; turn++) await step();
  expect((await load(id)).state).toBe('failed');
  await world.rows('update connections set port = $1', [world.port]);
  expect(await change(id, 'resume')).toBe(true);
  expect(await change(id, 'cancel')).toBe(true);
  expect((await load(id)).state).toBe('cancelled');
});

test('the command line counts, asks, lists, pauses, repairs and tries again, and prints no raw row unasked', async () => {
  async function carrinho(...args: string[]) {
    let text = '';
    const stdout = new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    });
    const code = await runCli([...args, '--empresa=loja'], {
      stdout,
      env: {
        DATABASE_URL: world.databaseUrl,
        SECRET_KEY: world.secretKey.toString('base64'),
        ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
      },
    });
    return { code, text };
  }
  const json = async (...args: string[]) => JSON.parse((await carrinho(...args, '--json')).text.split('\n')[0]!);

  const { streams } = await json('importar', '--estimar', '--tipo=pedidos');
  expect(streams).toMatchObject([{ stream: 'orders', count: expect.any(Number) }]);
  expect((await carrinho('importar', '--estimar', '--tipo=pedidos')).text).toMatch(/≈ [\d.]+ pedidos/);

  const { id } = await json('importar', '--em-segundo-plano', '--tipo=pedidos', '--de=2020-01-01');
  expect((await carrinho('importar', 'pausar', `--id=${id}`)).code).toBe(0);
  expect(await json('importar', 'listar')).toMatchObject({ id, state: 'paused', site: 'principal' });
  expect((await carrinho('importar', 'cancelar', `--id=${id}`)).code).toBe(0);
  expect((await carrinho('importar', 'retomar', `--id=${id}`)).code).toBe(1);

  await world.rows(
    'update orders set scan_hash = 1, source_hash = 1, city = $1 where id = (select min(id) from orders)',
    ['Longe'],
  );
  expect(await json('conferir')).toMatchObject({
    kind: 'reconcile',
    repaired: 1,
    error: null,
    seconds: expect.any(Number),
  });
  expect(await different()).toEqual([]);
  expect((await carrinho('conferir', '--aceitar-perda')).code).toBe(1);

  await world.rows(
    `insert into quarantine (tenant_id, site_id, source, stream, external_id, reason, raw)
     select tenant_id, id, 'woocommerce-hpos', 'orders', '987654', 'row_unreadable', 'maria@cliente.example' from sites`,
  );
  const { groups } = await json('quarentena', 'listar');
  expect(groups).toContainEqual(
    expect.objectContaining({ stream: 'orders', reason: 'row_unreadable', count: 1, ids: ['987654'] }),
  );
  expect((await carrinho('quarentena', 'listar')).text).not.toContain('maria');
  expect((await carrinho('quarentena', 'listar', '--mostrar=987654')).text).toContain('maria');
  // The shop has no such row: it leaves.
  expect((await json('quarentena', 'tentar')).tried).toBeGreaterThan(0);
  expect(await world.rows(`select from quarantine where external_id = '987654'`)).toEqual([]);
});
