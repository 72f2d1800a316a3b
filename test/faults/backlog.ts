// What a shop did while nobody read it: orders and submissions spread over hours, more than any overlap reads again, with the ids that its tables
// would have given. Loaded in bulk, all at once: rows dated hours ago are not young, so whoever read one before its items would not look again.
// Nothing else may write to the shop meanwhile.
import type { RowDataPacket } from 'mysql2/promise';
import { BulkLoader } from '../../start/demo/bulk-load.ts';
import { formAnswerRows, formEntryRow } from '../../start/demo/cart-rows.ts';
import { orderOf } from '../../start/demo/facts.ts';
import { orderItems, orderPostRow, orderRows } from '../../start/demo/order-rows.ts';
import type { Random } from '../../start/demo/random.ts';
import { execute, type Shop, tableOf } from '../../start/demo/shop.ts';

async function highest(shop: Shop, table: string, column: string): Promise<number> {
  const [rows] = await shop.conn.query<RowDataPacket[]>(
    `select coalesce(max(${column}), 0) as id from ${tableOf(shop, table)}`,
  );
  return Number(rows[0]!.id);
}

export const shoe = (random: Random) => ({
  productId: 100 + random.int(0, 20),
  variationId: 0,
  name: `Tênis ${random.int(1, 99)}`,
  attributes: {},
  quantity: random.int(1, 3),
  unitCents: random.int(1_000, 50_000),
});

export async function loadBacklog(
  shop: Shop,
  { random, orders, leads, from, to }: { random: Random; orders: number; leads: number; from: Date; to: Date },
): Promise<void> {
  const loader = new BulkLoader(shop);
  await execute(shop, 'start transaction');
  const at = (index: number, count: number) =>
    new Date(from.getTime() + Math.floor(((to.getTime() - from.getTime()) * index) / count / 1000) * 1000);
  let orderId = await highest(shop, 'posts', 'ID');
  let itemId = await highest(shop, 'woocommerce_order_items', 'order_item_id');
  for (let index = 0; index < orders; index += 1) {
    orderId += 1;
    const order = {
      ...orderOf({
        createdAt: at(index, orders),
        lines: [shoe(random), shoe(random)],
        status: random.pick(['wc-processing', 'wc-on-hold', 'wc-cancelled', 'wc-completed']),
        billing: {
          email: `cliente${random.int(1, 4_000)}@loja.example`,
          phone: `119${random.int(60_000_000, 99_999_999)}`,
        },
        shippingCents: 1_990,
      }),
      id: orderId,
    };
    loader.put(['posts', orderPostRow(shop, order)]);
    for (const row of orderRows(shop, order)) loader.put(row);
    for (const item of orderItems(order)) {
      itemId += 1;
      loader.put(['woocommerce_order_items', [itemId, item.name, item.type, orderId]]);
      for (const [key, value] of item.meta) loader.put(['woocommerce_order_itemmeta', [itemId, key, value]]);
    }
  }
  let entryId = await highest(shop, 'fv_enteries', 'id');
  for (let index = 0; index < leads; index += 1) {
    entryId += 1;
    const answers: [string, string][] = [
      ['Nome_3', `Pessoa ${random.int(1, 9_999)}`],
      ['Whatsapp_8', `11 9${random.int(60_000_000, 99_999_999)}`],
      ['Numero_do_sapato_9', String(random.int(33, 44))],
    ];
    const entry = { id: entryId, formPlugin: 'wp-forms', formId: '321', url: 'https://loja.example/', answers };
    loader.put(['fv_enteries', formEntryRow(shop, { ...entry, at: at(index, leads) })]);
    for (const row of formAnswerRows(entryId, answers)) loader.put(row);
  }
  await loader.drain({ isLast: true });
  await execute(shop, 'commit');
}
