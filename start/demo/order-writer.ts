// What WooCommerce does to its tables, one act at a time, so that --live and the tests change a shop as the real one would: which dates move,
// which rows come last, what a trash or a delete leaves behind. Every statement commits by itself: checkout has no transaction.
import { type Order, type OrderInput, orderOf } from './facts.ts';
import { legacyDateMeta, orderItems, orderPostRow, orderRows, refundPostRow, refundRows } from './order-rows.ts';
import { execute, gmtText, insert, localText, moneyText, type Shop, tableOf } from './shop.ts';
import type { TableRow, Value } from './table-columns.ts';

export type OrderId = number;

async function insertRows(shop: Shop, rows: TableRow[]): Promise<void> {
  // Consecutive rows of one table go together: nobody can tell, and a checkout takes five statements instead of thirty.
  let from = 0;
  while (from < rows.length) {
    const table = rows[from]![0];
    let to = from;
    while (to < rows.length && rows[to]![0] === table) to += 1;
    await insert(
      shop,
      table,
      rows.slice(from, to).map(([, values]) => values),
    );
    from = to;
  }
}

async function writeOrderItems(shop: Shop, orderId: OrderId, order: Order): Promise<void> {
  for (const item of orderItems(order)) {
    const itemId = await insert(shop, 'woocommerce_order_items', [[null, item.name, item.type, orderId]]);
    await insert(
      shop,
      'woocommerce_order_itemmeta',
      item.meta.map(([key, value]) => [itemId, key, value]),
    );
  }
}

/** Adds an order. `beforeItems` runs between the order's meta and its items: the instant at which a poll sees an order without items. */
export async function placeOrder(
  shop: Shop,
  input: OrderInput,
  { beforeItems }: { beforeItems?: () => Promise<void> } = {},
): Promise<OrderId> {
  const order = orderOf({ currency: shop.currency, ...input });
  const id = await insert(shop, 'posts', [orderPostRow(shop, order)]);
  const placed = { ...order, id };
  await insertRows(shop, orderRows(shop, placed));
  await beforeItems?.();
  await writeOrderItems(shop, id, placed);
  return id;
}

/** Moves the modified date, and nothing else. */
async function touch(shop: Shop, id: OrderId, at: Date): Promise<void> {
  if (shop.orderStorage === 'hpos') {
    await execute(shop, `UPDATE ${tableOf(shop, 'wc_orders')} SET date_updated_gmt = ? WHERE id = ?`, [
      gmtText(at),
      id,
    ]);
  } else {
    await execute(shop, `UPDATE ${tableOf(shop, 'posts')} SET post_modified = ?, post_modified_gmt = ? WHERE ID = ?`, [
      localText(at, shop.timeZone),
      gmtText(at),
      id,
    ]);
  }
}

async function setStatus(shop: Shop, id: OrderId, status: string, at: Date): Promise<void> {
  const [table, column, key] =
    shop.orderStorage === 'hpos' ? ['wc_orders', 'status', 'id'] : ['posts', 'post_status', 'ID'];
  await execute(shop, `UPDATE ${tableOf(shop, table!)} SET ${column} = ? WHERE ${key} = ?`, [status, id]);
  await touch(shop, id, at);
}

async function writeNote(shop: Shop, id: OrderId, text: string, at: Date): Promise<void> {
  const dates = [localText(at, shop.timeZone), gmtText(at)];
  await insert(shop, 'comments', [[id, 'WooCommerce', ...dates, text, 'WooCommerce', 'order_note']]);
}

async function setLegacyMeta(shop: Shop, id: OrderId, meta: [string, Value][]): Promise<void> {
  for (const [key, value] of meta) {
    const where = 'WHERE post_id = ? AND meta_key = ?';
    const { affectedRows } = await execute(shop, `UPDATE ${tableOf(shop, 'postmeta')} SET meta_value = ? ${where}`, [
      value,
      id,
      key,
    ]);
    if (affectedRows === 0) await insert(shop, 'postmeta', [[id, key, value]]);
  }
}

/** Changes the status (`wc-cancelled`), moves the modified date and writes the order note. `wc-completed` also gets its date. */
export async function changeOrderStatus(
  shop: Shop,
  { id, status, at }: { id: OrderId; status: string; at: Date },
): Promise<void> {
  await setStatus(shop, id, status, at);
  if (status === 'wc-completed') await setDate(shop, id, 'completed', at);
  await writeNote(shop, id, `Status do pedido alterado para ${status.replace(/^wc-/, '')}.`, at);
}

async function setDate(shop: Shop, id: OrderId, kind: 'paid' | 'completed', at: Date): Promise<void> {
  if (shop.orderStorage === 'legacy') return setLegacyMeta(shop, id, legacyDateMeta(shop, kind, at));
  const table = tableOf(shop, 'wc_order_operational_data');
  await execute(shop, `UPDATE ${table} SET date_${kind}_gmt = ? WHERE order_id = ?`, [gmtText(at), id]);
}

/** The gateway confirms: paid date, then the status (`wc-processing` unless told). */
export async function payOrder(
  shop: Shop,
  { id, at, status = 'wc-processing' }: { id: OrderId; at: Date; status?: string },
): Promise<void> {
  await setDate(shop, id, 'paid', at);
  await changeOrderStatus(shop, { id, status, at });
}

type RefundInput = { id: OrderId; cents: number; at: Date; reason?: string; isFull?: boolean };

/** Gives money back. The parent is saved with a fresh date; a full refund also turns it `wc-refunded`. */
export async function refundOrder(shop: Shop, refund: RefundInput): Promise<OrderId> {
  const { id: parent, cents, at, reason = 'Troca de tamanho', isFull = false } = refund;
  const row = { id: null, parent, cents, at, reason, currency: shop.currency };
  const id = await insert(shop, 'posts', [refundPostRow(shop, row)]);
  await insertRows(shop, refundRows(shop, { ...row, id }));
  if (isFull) await changeOrderStatus(shop, { id: parent, status: 'wc-refunded', at });
  else await touch(shop, parent, at);
  return id;
}

/** To the trash: the row stays, with status `trash` and a moved date. */
export async function trashOrder(shop: Shop, { id, at }: { id: OrderId; at: Date }): Promise<void> {
  await setStatus(shop, id, 'trash', at);
  const trace: [string, string][] = [['_wp_trash_meta_time', String(Math.floor(at.getTime() / 1000))]];
  if (shop.orderStorage === 'legacy') return setLegacyMeta(shop, id, trace);
  await insert(
    shop,
    'wc_orders_meta',
    trace.map(([key, value]) => [id, key, value]),
  );
}

/** Deleted for good, items and refunds with it: nothing is left to read. */
export async function deleteOrder(shop: Shop, id: OrderId): Promise<void> {
  const items = tableOf(shop, 'woocommerce_order_items');
  const itemMeta = tableOf(shop, 'woocommerce_order_itemmeta');
  await execute(
    shop,
    `DELETE m FROM ${itemMeta} m JOIN ${items} i ON i.order_item_id = m.order_item_id WHERE i.order_id = ?`,
    [id],
  );
  await execute(shop, `DELETE FROM ${items} WHERE order_id = ?`, [id]);
  if (shop.orderStorage === 'hpos') {
    const refunds = `SELECT id FROM (SELECT id FROM ${tableOf(shop, 'wc_orders')} WHERE id = ? OR parent_order_id = ?) AS gone`;
    for (const table of ['wc_orders_meta', 'wc_order_addresses', 'wc_order_operational_data']) {
      await execute(shop, `DELETE FROM ${tableOf(shop, table)} WHERE order_id IN (${refunds})`, [id, id]);
    }
    await execute(shop, `DELETE FROM ${tableOf(shop, 'posts')} WHERE ID IN (${refunds})`, [id, id]);
    await execute(shop, `DELETE FROM ${tableOf(shop, 'wc_orders')} WHERE id = ? OR parent_order_id = ?`, [id, id]);
    return;
  }
  const posts = tableOf(shop, 'posts');
  await execute(
    shop,
    `DELETE m FROM ${tableOf(shop, 'postmeta')} m JOIN ${posts} p ON p.ID = m.post_id WHERE p.ID = ? OR (p.post_parent = ? AND p.post_type = 'shop_order_refund')`,
    [id, id],
  );
  await execute(shop, `DELETE FROM ${posts} WHERE ID = ? OR (post_parent = ? AND post_type = 'shop_order_refund')`, [
    id,
    id,
  ]);
}

export type OrderEdit = {
  id: OrderId;
  at: Date;
  totalCents?: number;
  email?: string;
  phone?: string;
  cellphone?: string;
  firstName?: string;
  /** False: a plugin wrote the tables directly, and the modified date does not move. */
  movesDate?: boolean;
};

/** An order edited on the admin screen. Absent fields stay as they are. */
export async function editOrder(shop: Shop, edit: OrderEdit): Promise<void> {
  const { id, at, totalCents, email, phone, cellphone, firstName, movesDate = true } = edit;
  const total = totalCents === undefined ? undefined : moneyText(totalCents);
  if (shop.orderStorage === 'hpos') {
    const set = async (table: string, key: string, column: string, value: string | undefined) => {
      if (value === undefined) return;
      await execute(shop, `UPDATE ${tableOf(shop, table)} SET ${column} = ? WHERE ${key} = ?`, [value, id]);
    };
    await set('wc_orders', 'id', 'total_amount', total);
    await set('wc_orders', 'id', 'billing_email', email);
    await set('wc_order_addresses', "address_type = 'billing' AND order_id", 'email', email);
    await set('wc_order_addresses', "address_type = 'billing' AND order_id", 'phone', phone);
    await set('wc_order_addresses', "address_type = 'billing' AND order_id", 'first_name', firstName);
    await set('wc_orders_meta', "meta_key = '_billing_cellphone' AND order_id", 'meta_value', cellphone);
  } else {
    const meta: [string, string | undefined][] = [
      ['_order_total', total],
      ['_billing_email', email],
      ['_billing_phone', phone],
      ['_billing_first_name', firstName],
      ['_billing_cellphone', cellphone],
    ];
    const given = meta.filter((entry): entry is [string, string] => entry[1] !== undefined);
    await setLegacyMeta(shop, id, given);
  }
  if (movesDate) await touch(shop, id, at);
}
