// What polls cannot see is found by the hourly digest or the nightly pass, and then the copy equals the shop, field by field. A shop that lost many
// rows at once is not believed until a person says so. On both order storages, where they differ.
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { loadSite } from '../../daemon/settings.ts';
import type { ShopRow } from '../../daemon/source.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { readIndexes } from '../../daemon/sync/digest.ts';
import { openSite } from '../../daemon/sync/open-site.ts';
import { listStreams } from '../../daemon/sync/plan.ts';
import { cronZone } from '../../daemon/sync/schedule.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

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

describe.each(['hpos', 'legacy'] as const)('%s', (storage) => {
  let world: SyncShop;
  const ids: number[] = [];
  const place = (at: Date) => placeOrder(world.shop, { billing, lines: [line], createdAt: at, updatedAt: at });
  const orders = () => tableOf(world.shop, storage === 'hpos' ? 'wc_orders' : 'posts');
  const setStatus = (id: number, status: string) =>
    execute(world.shop, `update ${orders()} set ${storage === 'hpos' ? 'status' : 'post_status'} = ? where id = ?`, [
      status,
      id,
    ]);
  const different = async () => {
    const streams = await compareContent(world.engine, world);
    return [
      ...new Set(streams.flatMap(({ stream, differences }) => differences.map((one) => `${stream} ${one.externalId}`))),
    ];
  };
  const statusOf = async (id: number) =>
    (await world.rows<{ wc_status: string }>('select wc_status from orders where external_id = $1', [id]))[0]
      ?.wc_status;

  beforeAll(async () => {
    world = await createSyncShop({ storage });
    for (let index = 0; index < 30; index++) ids.push(await place(ago(60 * 24 * 30 + index)));
    for (let index = 0; index < 15; index++) {
      await writeFormEntry(world.shop, { at: ago(500 - index), answers: [['Nome_3', `Pessoa ${index}`]] });
    }
    if (storage === 'legacy') {
      // The first orders lie before what every poll reads again.
      for (const table of ['posts', 'postmeta', 'comments'])
        await execute(world.shop, `alter table ${tableOf(world.shop, table)} auto_increment = 50000`);
    }
    await place(ago(2));
    await world.sync();
  });
  afterAll(() => world.drop());

  test('the first run of a shop is told as such, later ones are not', async () => {
    await world.sync();
    expect(await world.rows('select is_first from runs order by id')).toEqual([
      { is_first: true },
      { is_first: false },
    ]);
  });

  test('the hourly digest of orders is answered by indexes alone, and says what the table says', async () => {
    const before = await withTenant(world.pool, world.tenantId, (client) => loadSite(client, world.siteId));
    const { shop, context } = await openSite(world.engine, before);
    try {
      const { stream } = listStreams(world.engine.sources, context).find((one) => one.stream.target === 'order')!;
      const { parts } = stream.indexDigest!;
      for (const { sql } of parts) {
        const plans = await shop.gateway.query<{ table: string | null; Extra: string }>(`explain ${sql(context)}`, {
          after_id: 0,
          last_id: 1_000_000,
        });
        for (const plan of plans) expect(plan.Extra, JSON.stringify(plan)).toContain('Using index');
      }
      const inTable = await shop.gateway.query<ShopRow>(stream.digest(context), { after_id: 0, limit: 10_000 });
      const inIndexes: { id: string; fingerprint: string }[] = [];
      for await (const { rows } of readIndexes({ gateway: shop.gateway, shop: context }, stream.indexDigest!, '0')) {
        inIndexes.push(...rows.map(({ id, fingerprint }) => ({ id, fingerprint })));
      }
      expect(inIndexes).toHaveLength(31);
      expect(inIndexes).toEqual(inTable.map(({ id, fingerprint }) => ({ id: String(id), fingerprint })));
    } finally {
      await shop.close();
    }
  });

  test('a status that changed without its date, a deletion, a low id and an old import are found by the digest', async () => {
    await setStatus(ids[0]!, 'wc-completed');
    await execute(world.shop, `delete from ${orders()} where id = ?`, [ids[1]!]);
    const imported = await place(ago(60 * 24 * 700));
    const lead = await writeFormEntry(world.shop, { id: 900_000, at: ago(60), answers: [['Nome_3', 'Longe']] });
    await world.sync('reconcile');
    const low = await writeFormEntry(world.shop, { id: 500_000, at: ago(60), answers: [['Nome_3', 'Baixo']] });
    await world.sync('reconcile');
    expect(await statusOf(ids[0]!)).toBe('completed');
    expect(
      await world.rows('select external_id::int as id from leads where external_id = any($1) order by 1', [
        [lead, low],
      ]),
    ).toEqual([{ id: 500_000 }, { id: 900_000 }]);
    expect(await statusOf(imported)).toBeDefined();
    expect(await world.rows('select external_id::int as id from orders where missing_since is not null')).toEqual([
      { id: ids[1] },
    ]);
    expect(await different()).toEqual([]);
  });

  test('what moves neither date nor status is found by the nightly pass, which reads every row', async () => {
    const items = tableOf(world.shop, 'woocommerce_order_items');
    await execute(world.shop, `update ${items} set order_item_name = 'Bota' where order_id = ?`, [ids[2]!]);
    await world.sync('reconcile');
    expect(await different()).toEqual([`orders ${ids[2]}`]);
    await world.sync('full');
    expect(await different()).toEqual([]);
  });

  test('rows of a transaction that was open while the cursors passed are found: near ones by the poll, all by the digest', async () => {
    const { host, port, user, password } = inject('mariaDb');
    const late = await mysql.createConnection({
      host,
      port,
      user,
      password,
      database: world.shop.database,
      charset: 'utf8mb4_unicode_ci',
    });
    try {
      await late.query(`set sql_mode = ''`);
      await late.query('start transaction');
      const slow = { ...world.shop, conn: late };
      const order = await placeOrder(slow, { billing, lines: [line], createdAt: ago(20), updatedAt: ago(20) });
      const lead = await writeFormEntry(slow, { at: ago(20), answers: [['Nome_3', 'Tarde']] });
      const cart = await writeCart(slow, { email: 'tarde@cliente.example', lines: [line], time: ago(20) });
      await place(ago(0));
      for (let index = 0; index < 60; index++) await writeFormEntry(world.shop, { at: ago(0), answers: [] });
      await writeCart(world.shop, { email: 'cedo@cliente.example', lines: [line], time: ago(1) });
      await world.sync();
      await late.query('commit');
      await world.sync('reconcile');
      expect(await statusOf(order)).toBeDefined();
      expect(await world.rows('select name from leads where external_id = $1', [lead])).toEqual([{ name: 'Tarde' }]);
      expect(await world.rows('select from carts where external_id = $1', [cart.id])).toHaveLength(1);
      expect(await different()).toEqual([]);
    } finally {
      await late.end();
    }
  });

  test('after a restored backup nothing is marked, new rows below the old ids are read by the next poll, and a person decides', async () => {
    const entries = tableOf(world.shop, 'fv_enteries');
    const answers = tableOf(world.shop, 'fv_entry_meta');
    const missing = async () => (await world.rows('select from leads where missing_since is not null')).length;
    const before = await missing();
    await execute(world.shop, `delete from ${entries} where id > 20`);
    await execute(world.shop, `delete from ${answers} where cast(data_id as unsigned) > 20`);
    await execute(world.shop, `alter table ${entries} auto_increment = 21`);
    const hour = await world.sync('reconcile');
    expect(hour.state).toBe('succeeded_with_warnings');
    expect(hour.warnings).toMatchObject([
      { code: 'many_rows_gone', stream: 'entries', facts: { label: 'Envios de formulário' } },
    ]);
    // The night is no person.
    expect((await world.sync('full')).state).toBe('succeeded_with_warnings');
    expect(await missing()).toBe(before);
    expect(await world.rows('select from lead_answers where missing_since is not null')).toEqual([]);
    expect(await world.rows('select code, subject from site_alerts')).toMatchObject([
      { code: 'many_rows_gone', subject: 'form-vibes/entries' },
    ]);

    const fresh = await writeFormEntry(world.shop, { at: ago(0), answers: [['Nome_3', 'Nova']] });
    expect(fresh).toBeLessThan(100);
    await world.sync();
    expect(await world.rows('select name from leads where external_id = $1', [fresh])).toContainEqual({ name: 'Nova' });

    expect((await world.sync('reconcile', { acceptsLoss: true })).state).toBe('succeeded');
    expect(await missing()).toBeGreaterThan(before + 50);
    expect(await world.rows('select from site_alerts')).toEqual([]);
    expect(await different()).toEqual([]);
  });

  test('a loss that has grown since it was told is not accepted with it', async () => {
    for (let index = 0; index < 90; index++)
      await writeFormEntry(world.shop, { at: ago(0), answers: [['Nome_3', `Mais ${index}`]] });
    await world.sync('reconcile');
    await world.rows(
      `insert into site_alerts (tenant_id, site_id, code, subject, facts) values ($1, $2, 'many_rows_gone', 'form-vibes/entries', '{"gone": "12"}')`,
      [world.tenantId, world.siteId],
    );
    const entries = tableOf(world.shop, 'fv_enteries');
    await execute(world.shop, `delete from ${entries} where id > 25`);
    expect((await world.sync('reconcile', { acceptsLoss: true })).state).toBe('succeeded_with_warnings');
    expect(await world.rows(`select from leads where missing_since is null and external_id > 25`)).not.toHaveLength(0);
  });

  test('a quarantined row is tried again once when the version or the mapping has changed, not at every poll', async () => {
    // An answer far below what polls read again: nothing but the retry looks at it.
    const answers = tableOf(world.shop, 'fv_entry_meta');
    const id = 700_000;
    await execute(
      world.shop,
      `insert into ${answers} (id, data_id, meta_key, meta_value) values (?, 'x', 'Nome_3', 'Ana')`,
      [id],
    );
    await execute(
      world.shop,
      `insert into ${answers} (id, data_id, meta_key, meta_value) values (?, '1', 'Nome_3', 'Ana')`,
      [id + 5_000],
    );
    await world.sync('reconcile');
    const attempts = async () =>
      (
        await world.rows<{ attempt_count: number }>('select attempt_count from quarantine where external_id = $1', [
          String(id),
        ])
      )[0]?.attempt_count;
    const first = await attempts();
    expect(first).toBe(1);
    await world.rows('update sites set mapping_version = mapping_version + 1');
    await world.sync();
    await world.sync();
    expect(await attempts()).toBe(2);
    await world.rows(`update quarantine set code_version = '0.0.1'`);
    await world.sync();
    await world.sync();
    expect(await attempts()).toBe(3);
  });
});

test('a fixed offset is the zone in which a nightly pass is planned', () => {
  expect(['America/Sao_Paulo', '-03:00', '+05:30', '+00:00'].map(cronZone)).toEqual([
    'America/Sao_Paulo',
    'Etc/GMT+3',
    'Etc/GMT-5',
    'UTC',
  ]);
  for (const zone of ['-03:00', '+05:30'])
    expect(() => new Intl.DateTimeFormat('en', { timeZone: cronZone(zone) })).not.toThrow();
});
