// The demo's shops: the same every time, full of every kind of shopper that the rules know, and changed by the writers as the plugins would.
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deferIndexes } from '../../start/demo/bulk-load.ts';
import { demoSeed, demoShops } from '../../start/demo/demo-shops.ts';
import { findGenerated, type GeneratedCounts, generateShop } from '../../start/demo/generate.ts';
import { runLive } from '../../start/demo/live.ts';
import { shopSizes } from '../../start/demo/plan.ts';
import type { Shop } from '../../start/demo/shop.ts';
import { createShopDatabase, type ShopDatabase } from '../support/servers.ts';

const now = new Date('2025-06-01T15:00:00Z');
const [shoes, house] = demoShops;

async function checksums({ admin, database }: ShopDatabase): Promise<Record<string, string>> {
  const [tables] = await admin.query<RowDataPacket[]>(
    'select table_name as name from information_schema.tables where table_schema = ? order by 1',
    [database],
  );
  const [rows] = await admin.query<RowDataPacket[]>(
    `checksum table ${tables.map(({ name }) => `${database}.${name}`).join(', ')}`,
  );
  return Object.fromEntries(rows.map((row) => [String(row.Table).split('.')[1]!, String(row.Checksum)]));
}

async function count(db: ShopDatabase, sql: string): Promise<number> {
  const [rows] = await db.admin.query<RowDataPacket[]>(`select count(*) as n from ${sql}`);
  return Number(rows[0]?.n);
}

const databases: Record<'shoes' | 'house', ShopDatabase> = {} as never;
const made: Record<'shoes' | 'house', { shop: Shop; counts: GeneratedCounts }> = {} as never;

beforeAll(async () => {
  for (const [key, setup] of [
    ['shoes', shoes],
    ['house', house],
  ] as const) {
    const db = await createShopDatabase();
    databases[key] = db;
    made[key] = await generateShop(db.admin, { ...setup, database: db.database, size: 'small', seed: demoSeed, now });
  }
});
afterAll(async () => {
  for (const db of Object.values(databases)) await db.drop();
});

test.each(['shoes', 'house'] as const)('a small shop (%s) has about as many rows as its size says', (key) => {
  const { orders, carts, leads } = made[key].counts;
  const wanted = shopSizes.small;
  for (const [got, target] of [
    [orders, wanted.orders],
    [carts, wanted.carts],
    [leads, wanted.leads],
  ] as const) {
    expect(got).toBeGreaterThan(target * 0.9);
    expect(got).toBeLessThan(target * 1.1);
  }
});

test('the same seed and present give the same rows in every table; another seed gives others', async () => {
  const first = await checksums(databases.shoes);
  const again = await createShopDatabase();
  const options = { ...shoes, database: again.database, size: 'small', now } as const;
  await generateShop(again.admin, { ...options, seed: demoSeed });
  expect(await checksums(again)).toEqual(first);
  await generateShop(again.admin, { ...options, seed: 7 });
  expect((await checksums(again)).cli_wc_orders).not.toEqual(first.cli_wc_orders);
  await again.drop();
});

test('a finished shop says what it was made of', async () => {
  const { admin, database } = databases.house;
  expect(await findGenerated(admin, { database, prefix: 'wp_' })).toEqual({ size: 'small', seed: demoSeed, now });
  expect(await findGenerated(admin, { database, prefix: 'outra_' })).toBeNull();
});

test('indexes taken off for a large load are put on again exactly', async () => {
  const db = databases.house;
  const definition = async () => {
    const [rows] = await db.admin.query<RowDataPacket[]>('show create table wp_posts');
    return String(rows[0]?.['Create Table']);
  };
  const before = await definition();
  const restore = await deferIndexes(made.house.shop);
  expect(await definition()).not.toContain('type_status_date');
  await restore();
  expect(await definition()).toBe(before);
});

const orders = 'cli_wc_orders o join cli_wc_order_operational_data d on d.order_id = o.id';
const cartsOf = (where: string) => `cli_cartflows_ca_cart_abandonment c where ${where}`;
const sameEmail = 'cli_cartflows_ca_cart_abandonment c join cli_wc_orders o on o.billing_email = c.email';

describe('the shoppers of the HPOS shop', () => {
  test.each([
    ['pay days after they ordered', `${orders} where d.date_paid_gmt > o.date_created_gmt + interval 1 day`],
    ['wait for a Pix', `${orders} where o.status in ('wc-on-hold', 'wc-pending') and d.date_paid_gmt is null`],
    ['cancel or fail', `${orders} where o.status in ('wc-cancelled', 'wc-failed')`],
    [
      'are in a status of the shop’s own that was paid',
      `${orders} where o.status = 'wc-enviado' and d.date_paid_gmt is not null`,
    ],
    ['are in a status of the shop’s own, unpaid', `${orders} where o.status = 'wc-aguard-compr'`],
    ['left a draft', `${orders} where o.status in ('wc-checkout-draft', 'auto-draft')`],
    ['were put into the trash', `${orders} where o.status = 'trash'`],
    ['were entered by hand', `${orders} where d.created_via = 'admin'`],
    ['renew a subscription', `${orders} where d.created_via = 'subscription'`],
    ['got everything for nothing', `${orders} where o.total_amount = 0 and d.date_paid_gmt is not null`],
    ['pay in another currency', `${orders} where o.currency = 'USD'`],
    ['were forgotten', `cli_wc_orders_meta where meta_key = '_anonymized'`],
    [
      'got all their money back',
      `cli_wc_orders r join cli_wc_orders o on o.id = r.parent_order_id where r.type = 'shop_order_refund' and -r.total_amount = o.total_amount`,
    ],
    [
      'got part of it back',
      `cli_wc_orders r join cli_wc_orders o on o.id = r.parent_order_id where r.type = 'shop_order_refund' and -r.total_amount < o.total_amount`,
    ],
    [
      'have a mobile of the Brazilian Market plugin',
      `cli_wc_orders_meta where meta_key = '_billing_cellphone' and meta_value <> ''`,
    ],
    ['came by a campaign', `cli_wc_orders_meta where meta_key = '_wc_order_attribution_utm_source'`],
    [
      'come back by e-mail',
      `${sameEmail} where o.status = 'wc-completed' and o.date_created_gmt > c.time + interval 4 hour`,
    ],
    [
      'bought before the cart',
      `${sameEmail} where o.date_created_gmt < c.time + interval 1 hour and o.date_created_gmt > c.time - interval 40 hour`,
    ],
    [
      'buy on the edge of the window',
      `${sameEmail} where o.date_created_gmt = c.time + interval 3 hour + interval 720 hour or o.date_created_gmt = c.time + interval 3 hour - interval 48 hour or o.date_created_gmt = c.time + interval 3 hour + interval 720 hour + interval 1 second or o.date_created_gmt = c.time + interval 3 hour - interval 48 hour - interval 1 second`,
    ],
    [
      'use the coupon of their cart',
      `cli_cartflows_ca_cart_abandonment c join cli_woocommerce_order_items i on i.order_item_type = 'coupon' and i.order_item_name = c.coupon_code`,
    ],
    ['are at the checkout right now', cartsOf(`order_status = 'normal' and time > '2025-06-01 11:45:00'`)],
    ['were forgotten by the cron', cartsOf(`order_status = 'normal' and time < '2025-06-01 11:00:00'`)],
    ['unsubscribed', cartsOf('unsubscribed = 1')],
    ['have a cart without a phone', cartsOf(`other_fields like '%"wcf_phone_number";s:0:%'`)],
    [
      'typed a phone that nobody has',
      cartsOf(
        `other_fields like '%99999-9999%' or other_fields like '%98888-8888%' or other_fields like '%11911111111%'`,
      ),
    ],
    ['have a cart that cannot be read', cartsOf(`cart_contents not like '%}'`)],
    ['have a cart without a date', cartsOf(`time < '1971-01-01'`)],
    ['put a bundle into the cart', cartsOf(`cart_contents like '%bundled_by%'`)],
    ['got an e-mail; in others’ stead it was cancelled', `cli_cartflows_ca_email_history where email_sent = -1`],
    ['have an emoji in their name', `cli_wc_order_addresses where first_name like '%🌻%'`],
  ])('some %s', async (_, sql) => {
    expect(await count(databases.shoes, sql)).toBeGreaterThan(0);
  });

  test('a phone is shared by many e-mails, and an e-mail by many phones', async () => {
    const phones = `(select phone from cli_wc_order_addresses a where phone <> '' and address_type = 'billing' group by phone having count(distinct email) >= 4) s`;
    const emails = `(select email from cli_wc_order_addresses a where email <> 'deleted@site.invalid' group by email having count(distinct nullif(phone, '')) >= 4) s`;
    expect(await count(databases.shoes, phones)).toBeGreaterThan(0);
    expect(await count(databases.shoes, emails)).toBeGreaterThan(0);
  });

  test('bought in the same browser leaves a gap in the carts, a deleted order one in the orders', async () => {
    const { shop, counts } = made.shoes;
    expect(counts.carts).toBe(await count(databases.shoes, 'cli_cartflows_ca_cart_abandonment'));
    const [rows] = await shop.conn.query<RowDataPacket[]>(
      'select max(id) as top from cli_cartflows_ca_cart_abandonment',
    );
    expect(Number(rows[0]?.top)).toBeGreaterThan(counts.carts);
  });

  test('every order has a placeholder in posts and at least one line', async () => {
    const rows = (where: string) => count(databases.shoes, `cli_wc_orders o where o.type = 'shop_order' and ${where}`);
    expect(await rows('not exists (select 1 from cli_posts p where p.ID = o.id)')).toBe(0);
    expect(await rows(`not exists (select 1 from cli_woocommerce_order_items i where i.order_id = o.id)`)).toBe(0);
  });

  test('nothing happens after the present', async () => {
    const later = (column: string, table: string, limit: string) =>
      count(databases.shoes, `${table} where ${column} > '${limit}'`);
    expect(await later('date_updated_gmt', 'cli_wc_orders', '2025-06-01 15:00:00')).toBe(0);
    expect(await later('time', 'cli_cartflows_ca_cart_abandonment', '2025-06-01 12:00:00')).toBe(0);
    expect(await later('captured_gmt', 'cli_fv_enteries', '2025-06-01 15:00:00')).toBe(0);
  });

  test('forms are answered under the keys of their plugin, and the titles are in the options', async () => {
    for (const key of ['Nome_3', 'Whatsapp_8', 'Numero_do_sapato_9']) {
      expect(await count(databases.shoes, `cli_fv_entry_meta where meta_key = '${key}'`)).toBeGreaterThan(200);
    }
    expect(
      await count(
        databases.shoes,
        `cli_options where option_name = 'fv_forms' and option_value like '%Avise-me quando chegar%'`,
      ),
    ).toBe(1);
  });
});

describe('the shoppers of the legacy shop', () => {
  test.each([
    ['orders in posts', `wp_posts where post_type = 'shop_order' and post_status = 'wc-completed'`],
    ['refunds in posts', `wp_posts where post_type = 'shop_order_refund' and post_parent > 0`],
    ['drafts with a zero date', `wp_posts where post_type = 'shop_order' and post_date_gmt < '1971-01-01'`],
    ['paid dates as epochs', `wp_postmeta where meta_key = '_date_paid' and meta_value regexp '^[0-9]{10}$'`],
    [
      'carts that took their order’s total',
      `wp_cartflows_ca_cart_abandonment where order_id is not null and original_cart_total is not null`,
    ],
    ['the e-mails off', `wp_cartflows_ca_email_templates where is_activated = 0`],
  ])('there are %s', async (_, sql) => {
    expect(await count(databases.house, sql)).toBeGreaterThan(0);
  });

  test('a completed cart names an order that exists', async () => {
    const orphans = `wp_cartflows_ca_cart_abandonment c where order_id is not null and not exists (select 1 from wp_posts p where p.ID = c.order_id and p.post_type = 'shop_order')`;
    expect(await count(databases.house, orphans)).toBe(0);
  });

  test('there is no order table of the new storage', async () => {
    expect(
      await count(
        databases.house,
        `information_schema.tables where table_schema = database() and table_name like 'wp\\_wc\\_order%'`,
      ),
    ).toBe(0);
  });
});

test('a living shop moves, and stops when told', async () => {
  const stop = new AbortController();
  const acts: string[] = [];
  const shops = (['shoes', 'house'] as const).map((key, index) => ({
    shop: made[key].shop,
    theme: demoShops[index]!.theme ?? 'shoes',
    forms: demoShops[index]!.forms ?? [],
  }));
  await runLive(shops, {
    signal: stop.signal,
    everyMs: 1,
    seed: 11,
    onAct: (_, act) => {
      acts.push(act);
      if (acts.length === 150) stop.abort();
    },
  });
  expect(acts).toHaveLength(150);
  for (const act of ['carrinho iniciado', 'carrinho recuperado', 'formulário enviado', 'Pix pago', 'compra direta']) {
    expect(acts).toContain(act);
  }
  expect(await count(databases.shoes, 'cli_wc_orders')).toBeGreaterThan(made.shoes.counts.orders);
});
