// The writers of the demo do to a shop's tables what WooCommerce, CartFlows and Form Vibes do: other tests and --live stand on that.
import type { RowDataPacket } from 'mysql2/promise';
import mysql from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  abandonCarts,
  completeCart,
  deleteCart,
  deleteFormEntry,
  scheduleEmails,
  sendEmail,
  unsubscribe,
  writeCart,
  writeFormAnswers,
  writeFormEntry,
} from '../../start/demo/cart-writer.ts';
import type { Line } from '../../start/demo/facts.ts';
import {
  changeOrderStatus,
  deleteOrder,
  editOrder,
  payOrder,
  placeOrder,
  refundOrder,
  trashOrder,
} from '../../start/demo/order-writer.ts';
import { createReaderUser } from '../../start/demo/reader-user.ts';
import type { OrderStorage, Shop } from '../../start/demo/shop.ts';
import { createShop } from '../../start/demo/shop-setup.ts';
import { createShopDatabase, type ShopDatabase } from '../support/servers.ts';

const line: Line = {
  productId: 20,
  variationId: 21,
  name: 'Sandália Sol - 37',
  attributes: { pa_tamanho: '37' },
  quantity: 2,
  unitCents: 9990,
};
const placed = new Date('2025-03-10T12:00:00Z');
const later = new Date('2025-03-12T09:30:00Z');
const billing = { email: 'ana@example.com', phone: '(11) 98765-4321' };

let db: ShopDatabase;
let shop: Shop;

beforeEach(async () => {
  db = await createShopDatabase();
});
afterEach(() => db.drop());

async function start(orderStorage: OrderStorage) {
  const cartColumns = { orderId: true, originalCartTotal: true };
  shop = await createShop(db.admin, { database: db.database, prefix: 'x_', orderStorage, cartColumns });
}

async function rows(sql: string): Promise<RowDataPacket[]> {
  const [result] = await db.admin.query<RowDataPacket[]>({ sql, dateStrings: true });
  return result;
}

const orderTables: Record<OrderStorage, string[]> = {
  hpos: ['x_posts', 'x_wc_orders', 'x_wc_order_addresses', 'x_wc_order_operational_data', 'x_wc_orders_meta'],
  legacy: ['x_posts', 'x_postmeta'],
};
const states: Record<OrderStorage, string> = {
  hpos: `select o.status, o.date_updated_gmt as moved, d.date_paid_gmt as paid from x_wc_orders o join x_wc_order_operational_data d on d.order_id = o.id where o.id = `,
  legacy: `select post_status as status, post_modified_gmt as moved, (select date_format(timestampadd(second, meta_value, '1970-01-01'), '%Y-%m-%d %H:%i:%s') from x_postmeta where post_id = ID and meta_key = '_date_paid') as paid from x_posts where ID = `,
};

describe.each(['hpos', 'legacy'] as const)('an order in %s', (storage) => {
  beforeEach(() => start(storage));
  const state = async (id: number) => (await rows(`${states[storage]}${id}`))[0];

  test('is there before its items', async () => {
    let itemsSeen = -1;
    let ordersSeen = 0;
    const id = await placeOrder(
      shop,
      { createdAt: placed, billing, lines: [line], shippingCents: 1500, couponCodes: ['ABC'], discountCents: 1000 },
      {
        beforeItems: async () => {
          ordersSeen = (await rows(`select 1 from ${orderTables[storage].at(1)}`)).length;
          itemsSeen = (await rows('select 1 from x_woocommerce_order_items')).length;
        },
      },
    );
    expect(ordersSeen).toBeGreaterThan(0);
    expect(itemsSeen).toBe(0);
    const items = await rows(
      `select order_item_type as type, order_item_name as name from x_woocommerce_order_items where order_id = ${id} order by order_item_id`,
    );
    expect(items).toEqual([
      { type: 'line_item', name: 'Sandália Sol - 37' },
      { type: 'shipping', name: 'PAC' },
      { type: 'coupon', name: 'abc' },
    ]);
    const [total] = await rows(
      `select meta_value as total from x_woocommerce_order_itemmeta where meta_key = '_line_total'`,
    );
    expect(total?.total).toBe('189.80');
  });

  test('moves its date when paid, edited, refunded and trashed; a plugin’s direct write does not move it', async () => {
    const id = await placeOrder(shop, { createdAt: placed, billing, lines: [line] });
    expect(await state(id)).toMatchObject({ status: 'wc-pending', moved: '2025-03-10 12:00:00', paid: null });
    await editOrder(shop, { id, at: later, totalCents: 500, phone: '', movesDate: false });
    expect(await state(id)).toMatchObject({ moved: '2025-03-10 12:00:00' });
    await payOrder(shop, { id, at: later });
    expect(await state(id)).toMatchObject({
      status: 'wc-processing',
      moved: '2025-03-12 09:30:00',
      paid: '2025-03-12 09:30:00',
    });
    const refunded = new Date(later.getTime() + 1000);
    const refundId = await refundOrder(shop, { id, cents: 100, at: refunded });
    expect(refundId).toBeGreaterThan(id);
    expect(await state(id)).toMatchObject({ status: 'wc-processing', moved: '2025-03-12 09:30:01' });
    await refundOrder(shop, { id, cents: 400, at: refunded, isFull: true });
    expect(await state(id)).toMatchObject({ status: 'wc-refunded' });
    await trashOrder(shop, { id, at: new Date(later.getTime() + 2000) });
    expect(await state(id)).toMatchObject({ status: 'trash', moved: '2025-03-12 09:30:02' });
  });

  test('writes a note that moves nothing else when its status changes', async () => {
    const id = await placeOrder(shop, { createdAt: placed, billing, lines: [line] });
    await changeOrderStatus(shop, { id, status: 'wc-cancelled', at: later });
    expect(await rows(`select comment_type as type from x_comments where comment_post_ID = ${id}`)).toEqual([
      { type: 'order_note' },
    ]);
  });

  test('leaves nothing when deleted for good, refunds and items with it, and other orders alone', async () => {
    const kept = await placeOrder(shop, { createdAt: placed, billing, lines: [line] });
    const snapshot = async () =>
      Promise.all(
        [...orderTables[storage], 'x_woocommerce_order_items', 'x_woocommerce_order_itemmeta'].map((table) =>
          rows(`select * from ${table}`),
        ),
      );
    const before = await snapshot();
    const id = await placeOrder(shop, { createdAt: placed, billing, lines: [line], meta: { _anonymized: 'yes' } });
    await refundOrder(shop, { id, cents: 100, at: later });
    await deleteOrder(shop, id);
    expect(await snapshot()).toEqual(before);
    expect(await state(kept)).toMatchObject({ status: 'wc-pending' });
  });
});

describe('a cart', () => {
  beforeEach(() => start('hpos'));
  const cart = { email: 'ana@example.com', phone: '11 98765-4321', firstName: 'Ana', lines: [line] };
  const read = () =>
    rows(
      `select id, email, order_status as status, time, cart_total as total, original_cart_total as original, order_id, coupon_code is not null as coupon, unsubscribed from x_cartflows_ca_cart_abandonment`,
    );

  test('is written in the shop’s local time, taken over by the same e-mail, and abandoned by the cron without moving its time', async () => {
    const first = await writeCart(shop, { ...cart, time: placed });
    expect(await abandonCarts(shop, { now: new Date(placed.getTime() + 14 * 60_000) })).toEqual({
      abandoned: 0,
      lost: 0,
    });
    expect(await abandonCarts(shop, { now: new Date(placed.getTime() + 15 * 60_000) })).toEqual({
      abandoned: 1,
      lost: 0,
    });
    expect(await read()).toMatchObject([{ status: 'abandoned', time: '2025-03-10 09:00:00', coupon: 1 }]);
    const again = await writeCart(shop, { ...cart, time: later, lines: [{ ...line, quantity: 1 }] });
    expect(again).toEqual(first);
    expect(await read()).toMatchObject([{ status: 'abandoned', time: '2025-03-12 06:30:00', total: '99.90' }]);
    expect(await abandonCarts(shop, { now: new Date('2025-05-01T00:00:00Z') })).toEqual({ abandoned: 0, lost: 1 });
  });

  test('a lost or completed one is not taken over', async () => {
    const first = await writeCart(shop, { ...cart, time: placed });
    await completeCart(shop, { sessionId: first.sessionId, orderId: 77, orderTotalCents: 25000 });
    const second = await writeCart(shop, { ...cart, sessionId: '', time: later });
    expect(second.id).not.toBe(first.id);
    expect((await read())[0]).toMatchObject({ status: 'completed', total: '250.00', original: '199.80', order_id: 77 });
  });

  test('its e-mails are cancelled by a purchase and go with the row', async () => {
    const { sessionId } = await writeCart(shop, { ...cart, time: placed });
    const [first] = await scheduleEmails(shop, { sessionId, at: placed });
    await sendEmail(shop, first!);
    await unsubscribe(shop, sessionId);
    await completeCart(shop, { sessionId });
    const emails = () => rows('select email_sent as sent from x_cartflows_ca_email_history order by id');
    expect(await emails()).toEqual([{ sent: 1 }, { sent: -1 }, { sent: -1 }]);
    expect(await read()).toMatchObject([{ unsubscribed: 1 }]);
    await deleteCart(shop, sessionId);
    expect(await emails()).toEqual([]);
  });
});

test('a submission may be there before its answers, whose link is text', async () => {
  await start('legacy');
  const id = await writeFormEntry(shop, { at: placed, answers: [] });
  expect(await rows('select captured, captured_gmt from x_fv_enteries')).toEqual([
    { captured: '2025-03-10 09:00:00', captured_gmt: '2025-03-10 12:00:00' },
  ]);
  await writeFormAnswers(shop, id, [
    ['Nome_3', 'Ana'],
    ['Whatsapp_8', '11 98765-4321'],
  ]);
  expect(await rows('select data_id, meta_key from x_fv_entry_meta')).toEqual([
    { data_id: String(id), meta_key: 'Nome_3' },
    { data_id: String(id), meta_key: 'Whatsapp_8' },
  ]);
  await deleteFormEntry(shop, id);
  expect(await rows('select id from x_fv_enteries union all select id from x_fv_entry_meta')).toEqual([]);
});

test('the reader may read its own database and write nothing', async () => {
  await start('hpos');
  const user = `l_${db.database.slice(-8)}`;
  await createReaderUser(db.admin, { database: db.database, user, password: 'segredo-de-teste' });
  const { host, port, database } = db;
  const reader = await mysql.createConnection({ host, port, user, password: 'segredo-de-teste', database });
  const [visible] = await reader.query<RowDataPacket[]>('show databases');
  expect(visible.map((row) => String(row.Database)).sort()).toEqual(['information_schema', database].sort());
  await expect(reader.query("update x_options set option_value = ''")).rejects.toThrow(/denied/);
  await reader.end();
  await db.admin.query('drop user ?', [user]);
});
