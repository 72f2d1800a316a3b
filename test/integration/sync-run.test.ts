// What holds between runs and inside one: one at a time, no write after a takeover, no page lost at a cursor's edge, nothing marked gone in a panic.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runSite } from '../../daemon/sync/run.ts';
import { fireSchedule } from '../../daemon/sync/schedule.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { execute, gmtText, tableOf } from '../../start/demo/shop.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop();
});
beforeEach(async () => {
  // Each test begins with a copy that is equal to the shop.
  await world.sync('reconcile');
});
afterAll(() => world.drop());

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const line = { productId: 101, variationId: 0, name: 'Tênis', attributes: {}, quantity: 1, unitCents: 19_990 };
const billing = {
  firstName: 'Ana',
  lastName: 'Souza',
  email: 'ana@cliente.example',
  phone: '11 98765-4321',
  address1: '',
  city: 'São Paulo',
  state: 'SP',
  postcode: '',
  country: 'BR',
};
const place = (at: Date) => placeOrder(world.shop, { billing, lines: [line], createdAt: at, updatedAt: at });
const copied = async (ids: number[]) =>
  (await world.rows<{ id: string }>('select external_id as id from orders where external_id = any($1)', [ids])).length;

test('two runs of one shop never go on at once', async () => {
  for (let index = 0; index < 20; index++) await place(ago(1));
  const runs = await Promise.all([1, 2, 3].map(() => runSite(world.engine, { ...world, kind: 'full' })));
  expect(runs.filter((run) => run !== null)).toHaveLength(1);
});

test('a run whose row was closed by another daemon writes nothing more', async () => {
  const id = await place(ago(1));
  const result = await runSite(world.engine, {
    ...world,
    kind: 'poll',
    onProgress: ({ state, runId }) => {
      if (state === 'connecting') void world.owner.query(`update runs set state = 'failed' where id = $1`, [runId]);
    },
  });
  expect(result?.error?.code).toBe('run_taken_over');
  expect(await copied([id])).toBe(0);
});

test('a batch that Postgres refuses leaves the cursor where it was: rows and cursor are one transaction', async () => {
  const cursors = () =>
    world.rows(`select source, stream, scan, last_at, last_id from cursors where scan <> 'digest' order by 1, 2, 3`);
  const before = await cursors();
  const id = await place(ago(1));
  await writeFormEntry(world.shop, { at: ago(1), answers: [['Nome_3', 'Bia']] });
  await world.owner.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$`,
  );
  // Written last in a batch, after its rows and its cursor.
  await world.owner.query('create trigger refuse before insert on batches for each row execute function refuse()');
  try {
    const result = await runSite(world.engine, { ...world, kind: 'poll' });
    expect(result?.state).toBe('failed');
  } finally {
    await world.owner.query('drop trigger refuse on batches');
    await world.owner.query('drop function refuse');
  }
  expect(await copied([id])).toBe(0);
  expect(await cursors()).toEqual(before);
  await world.sync();
  expect(await copied([id])).toBe(1);
});

test('a run is cancelled by a command, and what it committed stays', async () => {
  for (let index = 0; index < 5; index++) await place(ago(1));
  let isAsked = false;
  const result = await runSite(world.engine, {
    ...world,
    kind: 'full',
    onProgress: ({ state }) => {
      if (isAsked || state === 'connecting') return;
      isAsked = true;
      void world.owner.query(`insert into commands (tenant_id, site_id, kind) values ($1, $2, 'cancel')`, [
        world.tenantId,
        world.siteId,
      ]);
    },
  });
  expect(result?.state).toBe('cancelled');
  expect((await world.sync()).state).toBe('succeeded');
});

test('many orders of one second, over the edge of a page, are all read', async () => {
  const at = ago(0);
  const ids: number[] = [];
  for (let index = 0; index < 520; index++) {
    ids.push(20_000 + index);
  }
  const rows = ids.map((id) => [id, 'wc-pending', 'BRL', 'shop_order', '10.00', gmtText(at), gmtText(at)]);
  await world.shop.conn.query(
    `insert into ${tableOf(world.shop, 'wc_orders')} (id, status, currency, type, total_amount, date_created_gmt, date_updated_gmt) values ?`,
    [rows],
  );
  await world.sync();
  expect(await copied(ids)).toBe(520);
});

test('a row that commits late, dated before the cursor, is found in the overlap; an older one by the reconciliation', async () => {
  await place(ago(1));
  await world.sync();
  const late = await place(ago(4));
  await world.sync();
  expect(await copied([late])).toBe(1);
  const imported = await place(ago(60 * 24 * 400));
  await world.sync();
  expect(await copied([imported])).toBe(0);
  await world.sync('reconcile');
  expect(await copied([imported])).toBe(1);
});

test('a row dated in the future does not carry the cursor past what comes after it', async () => {
  const future = await place(ago(-60));
  await world.sync();
  const normal = await place(ago(0));
  await world.sync();
  expect(await copied([future, normal])).toBe(2);
});

test('an id given again with another date is another lead, and the first is gone', async () => {
  const id = await writeFormEntry(world.shop, { at: ago(90), answers: [['Nome_3', 'Primeira']] });
  await world.sync();
  await execute(world.shop, `delete from ${tableOf(world.shop, 'fv_enteries')} where id = ?`, [id]);
  await execute(world.shop, `delete from ${tableOf(world.shop, 'fv_entry_meta')} where data_id = ?`, [String(id)]);
  await writeFormEntry(world.shop, { id, at: ago(3), answers: [['Nome_3', 'Segunda']] });
  await world.sync('reconcile');
  expect(
    await world.rows(
      'select name, missing_since is not null as missing from leads where external_id = $1 order by captured_gmt',
      [id],
    ),
  ).toEqual([
    { name: 'Primeira', missing: true },
    { name: 'Segunda', missing: false },
  ]);
});

test('when most rows vanish at once nothing is marked, the run warns; a person’s word is believed', async () => {
  for (let index = 0; index < 60; index++) {
    await writeCart(world.shop, { email: `c${index}@cliente.example`, lines: [line], time: ago(30) });
  }
  await world.sync();
  await execute(world.shop, `delete from ${tableOf(world.shop, world.shop.cartTable)}`);
  const poll = await world.sync();
  expect(poll.state).toBe('succeeded_with_warnings');
  expect(poll.warnings).toMatchObject([{ code: 'many_rows_gone', stream: 'carts' }]);
  const missing = async () => (await world.rows('select from carts where missing_since is not null')).length;
  expect(await missing()).toBe(0);
  await world.sync('reconcile', { acceptsLoss: true });
  expect(await missing()).toBeGreaterThanOrEqual(60);
});

test('another area code makes the next reconciliation read the phones again', async () => {
  const { id } = await writeCart(world.shop, {
    email: 'ddd@cliente.example',
    phone: '98765-4321',
    lines: [line],
    time: ago(30),
  });
  await world.sync();
  const phone = async () =>
    (await world.rows<{ phone_e164: string }>('select phone_e164 from carts where external_id = $1', [id]))[0]!
      .phone_e164;
  expect(await phone()).toBe('+5511987654321');
  await world.owner.query(`update sites set area_code = '21'`);
  await world.sync('reconcile');
  expect(await phone()).toBe('+5521987654321');
  await world.owner.query('update sites set area_code = null');
});

test('a shop that cannot be reached fails with its own code, and the next run heals', async () => {
  await world.owner.query('update connections set port = 1');
  const result = await runSite(world.engine, { ...world, kind: 'poll' });
  expect(result).toMatchObject({ state: 'failed', error: { code: 'port_refused' } });
  expect((await world.rows('select error_code, error_facts from runs order by id desc limit 1'))[0]).toMatchObject({
    error_code: 'port_refused',
    error_facts: { retry: 'next-run' },
  });
  await world.owner.query('update connections set port = $1', [world.port]);
  expect((await world.sync()).state).toBe('succeeded');
});

test('a table that is gone makes its source absent; the other sources go on, and its rows stay', async () => {
  await writeFormEntry(world.shop, { at: ago(3), answers: [] });
  await world.sync();
  const answers = tableOf(world.shop, 'fv_entry_meta');
  const hidden = answers.replace(/`$/, '_gone`');
  await execute(world.shop, `rename table ${answers} to ${hidden}`);
  const result = await world.sync('reconcile');
  await execute(world.shop, `rename table ${hidden} to ${answers}`);
  expect(result.streams.map(({ source }) => source)).not.toContain('form-vibes');
  expect(result.state).toBe('succeeded');
  expect(await world.rows('select from leads where missing_since is null limit 1')).toHaveLength(1);
});

test('a tick of a schedule fires once, however many daemons see it, and not while paused', async () => {
  await world.owner.query(
    `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '* * * * *')`,
    [world.tenantId, world.siteId],
  );
  const row = { tenantId: world.tenantId, siteId: world.siteId, kind: 'poll' as const };
  const at = new Date();
  const fired = await Promise.all([1, 2, 3, 4].map(() => fireSchedule(world.pool, row, at)));
  expect(fired.filter(Boolean)).toHaveLength(1);
  await world.owner.query('update schedules set is_paused = true');
  expect(await fireSchedule(world.pool, row, new Date(at.getTime() + 60_000))).toBe(false);
});
