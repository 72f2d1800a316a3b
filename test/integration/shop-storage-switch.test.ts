// A shop changes where its orders lie, in the middle of its life and in both directions: the copy goes on as if nothing had happened. No order twice,
// none lost, none marked missing that the shop still has somewhere; first seen when it was first seen, and its recovered cart stays recovered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareContent } from '../../daemon/sync/compare.ts';
import { writeCart } from '../../start/demo/cart-writer.ts';
import { changeOrderStatus, deleteOrder, placeOrder, refundOrder } from '../../start/demo/order-writer.ts';
import { execute, insert, type OrderStorage, type Shop, tableOf } from '../../start/demo/shop.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { copyToHpos, copyToPosts, createHposTables, useStorage } from '../support/storage-switch.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const input = (minutes: number) => ({
  ...orderInput,
  createdAt: ago(minutes),
  updatedAt: ago(minutes),
  paidAt: ago(minutes),
});

const statuses = ['wc-processing', 'wc-completed', 'wc-cancelled', 'wc-on-hold', 'wc-enviado'];

/** Thirty orders of three weeks, some refunded, some drafts beside them, and five carts that orders recovered. */
async function fill(shop: Shop): Promise<void> {
  for (let index = 0; index < 30; index++) {
    const minutes = (30 - index) * 1_000;
    const email = `pessoa${index}@cliente.example`;
    const billing = { ...orderInput.billing, email, phone: `(11) 98765-43${10 + index}` };
    if (index % 6 === 0) {
      const { lines } = orderInput;
      await writeCart(shop, { email, phone: billing.phone, lines, time: ago(minutes + 300) });
    }
    const status = index % 6 === 0 ? 'wc-processing' : statuses[index % statuses.length]!;
    const id = await placeOrder(shop, { ...input(minutes), billing, brazil: {}, status });
    if (index % 7 === 1) await refundOrder(shop, { id, cents: 5_000, at: ago(minutes - 60), reason: 'Não serviu' });
  }
  await placeOrder(shop, { ...input(40), status: 'wc-checkout-draft' });
}

async function expectEqual(world: SyncShop) {
  const streams = await compareContent(world.engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
}

/** What must not change for the orders that nobody touched. */
async function ordersOf(world: SyncShop) {
  const rows = await world.rows<{ external_id: string } & Record<string, unknown>>(
    `select o.external_id, o.id, o.first_seen_at, o.missing_since, o.wc_status, o.class, o.total, o.refunded, o.email, o.phone_e164, o.created_at, o.paid_at,
            (select string_agg(i.external_id || ' ' || i.kind || ' ' || i.name || ' ' || i.total, ', ' order by i.external_id) from order_items i where i.order_id = o.id) as items,
            (select string_agg(r.external_id || ' ' || r.amount, ', ' order by r.external_id) from order_refunds r where r.order_id = o.id) as refunds
     from orders o order by o.external_id`,
  );
  return new Map(rows.map((row) => [row.external_id, row]));
}
const cartsOf = (world: SyncShop) =>
  world.rows(
    `select s.cart_id, s.status, s.reason, s.best_order_id, s.credited_order_id, s.credited_minor, s.score, s.causal_class
     from cart_statuses s where s.status = 'recovered' order by s.cart_id`,
  );
const storageOf = async (world: SyncShop, id: number) =>
  (
    await world.rows('select storage, missing_since is not null as missing from orders where external_id = $1', [id])
  )[0];

describe.each<[OrderStorage, OrderStorage]>([
  ['legacy', 'hpos'],
  ['hpos', 'legacy'],
])('a shop that goes from %s to %s', (from, to) => {
  let world: SyncShop;
  let shop: Shop;
  const copyTo = (storage: OrderStorage) => (storage === 'hpos' ? copyToHpos(shop) : copyToPosts(shop));
  const switchTo = async (storage: OrderStorage, options?: { isSyncOn: boolean }) => {
    shop = await useStorage(shop, storage, options);
  };
  const unchanged = (before: Map<string, unknown>, after: Map<string, unknown>, except: number[] = []) =>
    [...before].filter(
      ([id, row]) => !except.includes(Number(id)) && JSON.stringify(after.get(id)) !== JSON.stringify(row),
    );

  beforeAll(async () => {
    world = await createSyncShop({ storage: from });
    shop = world.shop;
    if (from === 'legacy') await createHposTables(shop);
    await fill(shop);
    await world.sync();
  });
  afterAll(() => world.drop());

  test('after a migration, and with a changed, a refunded, a deleted and a new order since', async () => {
    const before = await ordersOf(world);
    const carts = await cartsOf(world);
    expect([before.size, carts.length]).toEqual([30, 5]);
    await copyTo(to);
    await switchTo(to);
    await world.sync();
    expect(unchanged(before, await ordersOf(world))).toEqual([]);
    expect((await ordersOf(world)).size).toBe(before.size);
    expect(await cartsOf(world)).toEqual(carts);
    await expectEqual(world);

    const [changed, refunded, deleted] = [...before.values()]
      .filter((row) => row.class === 'paid' && row.refunded === '0.00000000' && row.wc_status === 'processing')
      .map(({ external_id }) => Number(external_id));
    await changeOrderStatus(shop, { id: changed!, status: 'wc-completed', at: ago(0) });
    await refundOrder(shop, { id: refunded!, cents: 100, at: ago(0) });
    await deleteOrder(shop, deleted!);
    // WooCommerce remembers what it has yet to delete in the storage that is not in use.
    if (to === 'legacy') await insert(shop, 'wc_orders_meta', [[deleted!, '_deleted_from', 'posts_table']]);
    const placed = await placeOrder(shop, input(1));
    await world.sync('reconcile');
    const after = await ordersOf(world);
    expect(unchanged(before, after, [changed!, refunded!, deleted!])).toEqual([]);
    expect(after.get(String(changed))).toMatchObject({ wc_status: 'completed', id: before.get(String(changed))!.id });
    expect(after.get(String(refunded))).toMatchObject({ refunded: '1.00000000', class: 'paid' });
    expect(await storageOf(world, deleted!)).toMatchObject({ missing: true });
    expect(await storageOf(world, placed)).toEqual({ storage: to, missing: false });
    expect(after.size).toBe(before.size + 1);
    await expectEqual(world);
  });

  test('back again with the old storage as it was left: new orders lie elsewhere and are not missing', async () => {
    const only = await placeOrder(shop, input(0));
    const gone = await placeOrder(shop, input(0));
    await world.sync();
    const count = (await ordersOf(world)).size;
    await switchTo(from);
    // Deleted in the other storage: nothing has it any more.
    await deleteOrder({ ...shop, orderStorage: to }, gone);
    await execute(shop, `delete from ${tableOf(shop, 'posts')} where ID = ?`, [gone]);
    const poll = await world.sync();
    expect(poll.warnings).toEqual([]);
    await world.sync('reconcile');
    expect(await storageOf(world, only)).toEqual({ storage: to, missing: false });
    expect(await storageOf(world, gone)).toMatchObject({ missing: true });
    const alerts = () => world.rows(`select facts from site_alerts where code = 'orders_left_behind'`);
    expect(await alerts()).not.toHaveLength(0);
    expect((await ordersOf(world)).get(String(only))).toMatchObject({ class: 'paid' });
    expect((await ordersOf(world)).size).toBe(count);
    await expectEqual(world);
  });

  test('with both in sync the switch shows in nothing but the storage', async () => {
    // Sync copies what was left behind, too.
    await switchTo(to);
    await copyTo(from);
    await switchTo(from, { isSyncOn: true });
    await world.sync('reconcile');
    await copyTo(to);
    const before = await ordersOf(world);
    const carts = await cartsOf(world);
    expect(await world.rows(`select from site_alerts where code = 'orders_left_behind'`)).toHaveLength(0);
    for (const storage of [to, from, to]) {
      await switchTo(storage, { isSyncOn: true });
      await world.sync();
      expect(unchanged(before, await ordersOf(world))).toEqual([]);
      expect((await ordersOf(world)).size).toBe(before.size);
    }
    expect(await cartsOf(world)).toEqual(carts);
    expect(await world.rows('select from orders where missing_since is null and storage <> $1', [to])).toHaveLength(0);
    await expectEqual(world);
  });

  test('a run that breaks off in the middle of the new storage is made good by the next one', async () => {
    await switchTo(from);
    let isAsked = false;
    await world
      .sync('poll', {
        onProgress: ({ state }) => {
          if (isAsked || state === 'connecting') return;
          isAsked = true;
          void world.owner.query(`insert into commands (tenant_id, site_id, kind) values ($1, $2, 'cancel')`, [
            world.tenantId,
            world.siteId,
          ]);
        },
      })
      .catch(() => undefined);
    expect((await world.rows('select state from runs order by id desc limit 1'))[0]).toEqual({ state: 'cancelled' });
    await world.sync();
    expect(await world.rows('select from orders where missing_since is null and storage <> $1', [from])).toHaveLength(
      0,
    );
    await expectEqual(world);
  });
});
