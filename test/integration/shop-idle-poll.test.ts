// What a shop pays for being looked at every minute when nothing happens in it: one statement, answered by indexes that bound it.
// Counted and explained on the shop's own server, from the statements that it saw, in tables as large as those of a real shop.

import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLines } from '../../daemon/connections/lines.ts';
import { createQuietScans } from '../../daemon/sync/quiet-scans.ts';
import { writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { insertMany } from '../fixtures/wordpress/fixture.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { type LoggingShopServer, startLoggingShopServer } from '../support/shop-log.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

const minute = 60_000;
/** What every session on a shop is told and asked once: daemon/connections/session.ts. */
const isSessionLine = (sql: string) => /^SET |@@|^select version\(\)/i.test(sql);

let server: LoggingShopServer;
beforeAll(async () => {
  server = await startLoggingShopServer();
});
afterAll(() => server.stop());

describe.each(['hpos', 'legacy'] as const)('an idle poll of a %s shop', (storage) => {
  let world: SyncShop;
  let now = new Date();
  const poll = async (minutes = 1) => {
    now = new Date(now.getTime() + minutes * minute);
    return await world.sync('poll', { now: () => now });
  };
  const statementsOf = async (work: () => Promise<unknown>) =>
    (await server.statementsDuring(world.shop.database, work)).filter((sql) => !isSessionLine(sql));

  beforeAll(async () => {
    // Two hours ago: what happened in the last minutes would be read again, and rightly.
    world = await createSyncShop({
      storage,
      isGenerated: true,
      shopServer: server,
      shopNow: new Date(Date.now() - 120 * minute),
    });
    world.engine.quiet = createQuietScans();
    await fillWithYears(world, storage);
    await world.sync('poll', { now: () => now });
    await poll();
    await poll(11);
  });
  afterAll(() => world.drop());

  test('sends one statement, and every ten minutes asks which tables and columns there are', async () => {
    const polls: string[][] = [];
    for (let count = 0; count < 11; count++) polls.push(await statementsOf(() => poll()));
    expect(
      polls.filter((statements) => statements.length === 1).length,
      polls.flat().join('\n'),
    ).toBeGreaterThanOrEqual(9);
    const asked = polls.flat().filter((sql) => sql.includes('information_schema'));
    expect(asked).toHaveLength(1);
    expect(Math.max(...polls.map(({ length }) => length))).toBeLessThanOrEqual(8);
  });

  test('reads no table whole and sorts nothing that an index does not bound', async () => {
    for (const sql of await statementsOf(() => poll())) {
      if (sql.includes('information_schema')) continue;
      const [plan] = await world.shop.conn.query<RowDataPacket[]>(`explain ${sql}`);
      for (const { table, type, key, rows, Extra } of plan.filter((step) => step.table !== null)) {
        const where = `${table} by ${type} ${key}: ${Extra}\n${sql}`;
        expect(['const', 'eq_ref', 'ref', 'range'], where).toContain(type);
        expect(key, where).not.toBeNull();
        // By the primary key alone even a sort is bounded: the newest posts, whose dates no index knows.
        if (/filesort/.test(Extra ?? '')) expect([key, Number(rows) < 40_000], where).toEqual(['PRIMARY', true]);
      }
    }
  });

  test('needs nothing but its statement on a connection that was kept, and opens another when the shop has dropped it', async () => {
    world.engine.lines = createLines();
    try {
      await poll();
      const sessions = async () => {
        const [rows] = await world.shop.conn.query<RowDataPacket[]>(
          'select id from information_schema.processlist where db = ? and id <> connection_id()',
          [world.shop.database],
        );
        return rows.map(({ id }) => Number(id));
      };
      const kept = await sessions();
      expect(kept).toHaveLength(1);
      let quiet = await poll();
      const sent = await server.statementsDuring(world.shop.database, async () => {
        quiet = await poll();
      });
      expect(sent).toHaveLength(1);
      expect(await sessions()).toEqual(kept);
      expect(await world.rows('select kind, state, read_count as read from runs where id = $1', [quiet.runId])).toEqual(
        [{ kind: 'poll', state: 'succeeded', read: '0' }],
      );
      expect(await world.rows('select from run_streams where run_id = $1', [quiet.runId])).toHaveLength(
        quiet.streams.length,
      );
      await world.shop.conn.query(`kill ${kept[0]}`);
      expect((await poll()).error).toBeNull();
      expect(await sessions()).not.toEqual(kept);
      await world.engine.lines.allow(false);
      await expect.poll(sessions).toEqual([]);
    } finally {
      await world.engine.lines.stop();
      delete world.engine.lines;
    }
  });

  test('finds at the next minute what happens after the quiet', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 5_000);
    const order = await placeOrder(world.shop, { ...orderInput, createdAt: at, updatedAt: at, paidAt: at });
    const lead = await writeFormEntry(world.shop, { at, answers: [['Nome_3', 'Depois do silêncio']] });
    const result = await poll();
    expect(result.streams.reduce((sum, { counts }) => sum + counts.new, 0)).toBeGreaterThan(2);
    const has = async (table: string, id: number) =>
      (await world.rows(`select from ${table} where external_id = $1`, [id])).length;
    expect([await has('orders', order), await has('leads', lead)]).toEqual([1, 1]);
  });

  test('finds carts that change in the same way, a changed option, and a plugin that goes', async () => {
    const { conn, prefix } = world.shop;
    const completed = async () =>
      Number(
        (await world.rows<{ n: string }>(`select count(*) as n from carts where plugin_status = 'completed'`))[0]!.n,
      );
    const before = await completed();
    // Texts that change in the same way at the same place: plain checksums of the two cancel out.
    const newest = `where order_status = 'abandoned' order by id desc limit 2`;
    const carts = `${prefix}cartflows_ca_cart_abandonment`;
    await conn.query(`update ${carts} set cart_total = 100, coupon_code = '' ${newest}`);
    await poll();
    await poll();
    await conn.query(`update ${carts} set order_status = 'completed' ${newest}`);
    await poll();
    expect((await completed()) - before).toBe(2);
    await conn.query(`update ${prefix}options set option_value = 'EUR' where option_name = 'woocommerce_currency'`);
    await poll();
    expect(await world.rows('select detected_currency from sites')).toEqual([{ detected_currency: 'EUR' }]);

    await conn.query(`rename table ${prefix}fv_enteries to ${prefix}away`);
    const without = await poll();
    expect(without.streams.map(({ source }) => source)).not.toContain('form-vibes');
    await conn.query(`rename table ${prefix}away to ${prefix}fv_enteries`);
    expect((await poll(10)).streams.map(({ source }) => source)).toContain('form-vibes');
  });
});

/** Rows that a shop of some years has besides the generated ones, all of them older, none of them an order, a cart or a lead that we copy. */
async function fillWithYears({ shop }: SyncShop, storage: 'hpos' | 'legacy'): Promise<void> {
  await insertMany(
    shop,
    'options',
    { option_name: "concat('opcao_', seq)", option_value: "''", autoload: "'no'" },
    2_000,
  );
  const old = "'2021-01-01' + interval seq minute";
  const text = { post_content: "''", post_excerpt: "''", to_ping: "''", pinged: "''", post_content_filtered: "''" };
  const dates = { post_date: old, post_date_gmt: old, post_modified: old, post_modified_gmt: old };
  const post = { ...text, ...dates, post_title: "concat('Página ', seq)", post_status: "'publish'" };
  await insertMany(shop, 'posts', { ...post, post_type: "'page'" }, 10_000);
  const meta = { meta_key: "concat('_chave_', seq % 40)", meta_value: "'1'" };
  await insertMany(shop, 'postmeta', { ...meta, post_id: '1000000 + seq' }, 20_000);
  await insertMany(shop, 'usermeta', { ...meta, user_id: '1000000 + seq % 3000' }, 10_000);
  const comment = { comment_author: "''", comment_content: "''", comment_type: "'comment'", comment_date_gmt: old };
  await insertMany(shop, 'comments', { ...comment, comment_post_ID: 'seq' }, 10_000);
  if (storage === 'legacy') return;
  const order = { id: '1000000 + seq', status: "'wc-checkout-draft'", type: "'shop_order'", total_amount: '1' };
  await insertMany(shop, 'wc_orders', { ...order, date_created_gmt: old, date_updated_gmt: old }, 10_000);
}
