// Every kind of change in a shop is in the copy after the next poll, and what did not change is not written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareContent } from '../../daemon/sync/compare.ts';
import {
  abandonCarts,
  deleteCart,
  deleteFormEntry,
  scheduleEmails,
  sendEmail,
  unsubscribe,
  writeCart,
  writeFormAnswers,
  writeFormEntry,
} from '../../start/demo/cart-writer.ts';
import {
  changeOrderStatus,
  deleteOrder,
  editOrder,
  payOrder,
  placeOrder,
  refundOrder,
  trashOrder,
} from '../../start/demo/order-writer.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const shoe = {
  productId: 101,
  variationId: 0,
  name: 'Tênis',
  attributes: {},
  quantity: 1,
  unitCents: 19_990,
};
const billing = {
  firstName: 'Ana',
  lastName: 'Souza',
  email: 'ana@cliente.example',
  phone: '(11) 98765-4321',
  address1: 'Rua Um',
  city: 'São Paulo',
  state: 'SP',
  postcode: '01000-000',
  country: 'BR',
};

async function expectEqual(world: SyncShop) {
  const streams = await compareContent(world.engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
  return streams;
}

describe.each(['hpos', 'legacy'] as const)('a %s shop', (storage) => {
  let world: SyncShop;
  beforeAll(async () => {
    world = await createSyncShop({ storage, isGenerated: true, size: 'tiny' });
  });
  afterAll(() => world.drop());

  const one = async (sql: string, values: unknown[]) => (await world.rows(sql, values))[0];
  const order = (id: number) =>
    one(
      'select wc_status, class, total_minor, refunded_minor, missing_since is not null as missing, email, phone_e164 from orders where external_id = $1',
      [id],
    );
  const cart = (id: number) =>
    one(
      'select episode, plugin_status, return_count, is_unsubscribed, missing_since is not null as missing, total_minor, item_count from carts where external_id = $1 and is_current',
      [id],
    );

  test('is read whole by the first poll and equal; the second poll writes no row', async () => {
    const first = await world.sync();
    expect(first.state).toBe('succeeded');
    const streams = await expectEqual(world);
    expect(streams.every(({ stream, shopCount }) => shopCount > 0 || stream === 'emails')).toBe(true);

    const before = await rowVersions(world.owner);
    const second = await world.sync();
    expect(second.streams.map(({ counts }) => counts.new + counts.changed + counts.missing)).toEqual(
      second.streams.map(() => 0),
    );
    expect(await rowVersions(world.owner)).toEqual(before);
  });

  test('a full pass over an equal copy writes no row either', async () => {
    const before = await rowVersions(world.owner);
    await world.sync('full');
    expect(await rowVersions(world.owner)).toEqual(before);
  });

  test('orders placed, edited, paid, refunded, cancelled and trashed are in the copy after one poll', async () => {
    const place = (email: string, status: string) =>
      placeOrder(world.shop, {
        billing: { ...billing, email },
        lines: [shoe],
        status,
        createdAt: ago(40),
        updatedAt: ago(2),
      });
    const [edited, paid, refunded, cancelled, trashed] = [
      await place('um@cliente.example', 'wc-pending'),
      await place('dois@cliente.example', 'wc-pending'),
      await place('tres@cliente.example', 'wc-processing'),
      await place('quatro@cliente.example', 'wc-pending'),
      await place('cinco@cliente.example', 'wc-pending'),
    ];
    await world.sync();
    expect(await order(edited)).toMatchObject({ class: 'awaiting_payment', email: 'um@cliente.example' });

    await editOrder(world.shop, { id: edited, at: ago(1), totalCents: 12_345, email: 'novo@cliente.example' });
    await payOrder(world.shop, { id: paid, at: ago(1) });
    await refundOrder(world.shop, { id: refunded, cents: 990, at: ago(1) });
    await changeOrderStatus(world.shop, { id: cancelled, status: 'wc-cancelled', at: ago(1) });
    await trashOrder(world.shop, { id: trashed, at: ago(1) });
    await world.sync();

    expect(await order(edited)).toMatchObject({ total_minor: '12345', email: 'novo@cliente.example' });
    expect(await order(paid)).toMatchObject({ class: 'paid', wc_status: 'processing' });
    expect(await order(refunded)).toMatchObject({ refunded_minor: '990', class: 'paid' });
    expect(await order(cancelled)).toMatchObject({ class: 'void', wc_status: 'cancelled' });
    expect(await order(trashed)).toMatchObject({ class: 'void', wc_status: 'trash' });
    const keys = await world.rows(
      `select k.key from match_keys k join orders o on o.id = k.entity_id and k.entity = 'order' where o.external_id = $1 and k.key like 'e:%'`,
      [edited],
    );
    expect(keys).toEqual([{ key: 'e:novo@cliente.example' }]);
    await expectEqual(world);
  });

  test('items written after their order was read are in the copy after the next poll', async () => {
    let count: unknown;
    const id = await placeOrder(
      world.shop,
      { billing, lines: [shoe], createdAt: ago(0), updatedAt: ago(0) },
      {
        beforeItems: async () => {
          await world.sync();
          count = await one(
            "select count(*) from order_items i join orders o on o.id = i.order_id where o.created_at > now() - interval '3 minutes'",
            [],
          );
        },
      },
    );
    expect(count).toEqual({ count: '0' });
    await world.sync();
    expect(
      await world.rows(
        `select i.name from order_items i join orders o on o.id = i.order_id where o.external_id = $1 and i.kind = 'line_item'`,
        [id],
      ),
    ).toEqual([{ name: 'Tênis' }]);
  });

  test('a deleted order is void after the reconciliation, and not before it; nothing is deleted here', async () => {
    const id = await placeOrder(world.shop, {
      billing,
      lines: [shoe],
      status: 'wc-processing',
      paidAt: ago(30),
      createdAt: ago(40),
      updatedAt: ago(2),
    });
    await world.sync();
    await deleteOrder(world.shop, id);
    await world.sync('reconcile');
    expect(await order(id)).toMatchObject({ missing: true, class: 'void' });
    await expectEqual(world);
  });

  test('late answers of a form find their lead, whichever poll brings them', async () => {
    const id = await writeFormEntry(world.shop, { at: ago(0), answers: [] });
    await world.sync();
    expect(await one('select name, phone_e164 from leads where external_id = $1', [id])).toEqual({
      name: null,
      phone_e164: null,
    });
    await writeFormAnswers(world.shop, id, [
      ['Nome_3', 'Bia Lima'],
      ['Whatsapp_8', '21 98888-7777'],
    ]);
    await world.sync();
    expect(await one('select name, phone_e164 from leads where external_id = $1', [id])).toEqual({
      name: 'Bia Lima',
      phone_e164: '+5521988887777',
    });
    await deleteFormEntry(world.shop, id);
    await world.sync('reconcile');
    expect(
      await one('select name, missing_since is not null as missing from leads where external_id = $1', [id]),
    ).toEqual({ name: 'Bia Lima', missing: true });
    await expectEqual(world);
  });

  test('a cart is followed: seen, abandoned by cron, taken up again after the cut-off, unsubscribed, deleted', async () => {
    const input = { email: 'volta@cliente.example', phone: '11 97777-1234', firstName: 'Vera', lines: [shoe] };
    const first = ago(600);
    const { id, sessionId } = await writeCart(world.shop, { ...input, time: first });
    await world.sync();
    expect(await cart(id)).toMatchObject({ plugin_status: 'normal', return_count: 0, item_count: 1 });

    await abandonCarts(world.shop, { now: ago(0) });
    const [emailId] = await scheduleEmails(world.shop, { sessionId, at: ago(500) });
    await world.sync();
    expect(await cart(id)).toMatchObject({ plugin_status: 'abandoned' });

    await writeCart(world.shop, {
      ...input,
      lines: [shoe, { ...shoe, productId: 102 }],
      time: new Date(first.getTime() + 570 * 60_000),
    });
    await sendEmail(world.shop, emailId!);
    await unsubscribe(world.shop, sessionId);
    await world.sync();
    expect(await cart(id)).toMatchObject({ return_count: 1, is_unsubscribed: true, item_count: 2, episode: 1 });
    expect(
      await one(
        `select extract(epoch from lay_abandoned_at - first_activity_at)::integer as lay, extract(epoch from last_activity_at - first_activity_at)::integer as span
         from carts where external_id = $1`,
        [id],
      ),
    ).toEqual({ lay: 3600, span: 570 * 60 });
    expect(await one('select state from cart_emails where external_id = $1', [emailId])).toEqual({ state: 'sent' });

    await deleteCart(world.shop, sessionId);
    await world.sync();
    expect(await cart(id)).toMatchObject({ missing: true });
    // Cron also made lost carts of some so old that polls no longer look at them.
    await world.sync('reconcile');
    await expectEqual(world);
  });

  test('a slot taken up again beyond the window begins a new episode, and the old one keeps its facts', async () => {
    const input = { email: 'meses@cliente.example', lines: [shoe] };
    const { id } = await writeCart(world.shop, { ...input, time: ago(45 * 24 * 60) });
    await world.sync('reconcile');
    await writeCart(world.shop, { ...input, lines: [{ ...shoe, unitCents: 5_000 }], time: ago(20) });
    await world.sync('reconcile');
    expect(
      await world.rows('select episode, is_current, total_minor from carts where external_id = $1 order by episode', [
        id,
      ]),
    ).toEqual([
      { episode: 1, is_current: false, total_minor: '19990' },
      { episode: 2, is_current: true, total_minor: '5000' },
    ]);
    await expectEqual(world);
  });

  test('a row that cannot be read waits in quarantine, the others land, and it leaves when it reads', async () => {
    const { id } = await writeCart(world.shop, { email: 'zero@cliente.example', lines: [shoe], time: ago(10) });
    const other = await writeCart(world.shop, { email: 'bom@cliente.example', lines: [shoe], time: ago(10) });
    const carts = tableOf(world.shop, world.shop.cartTable);
    await execute(world.shop, `update ${carts} set time = '0000-00-00 00:00:00' where id = ?`, [id]);
    await world.sync();
    expect(await cart(other.id)).toBeDefined();
    expect(await cart(id)).toBeUndefined();
    expect(
      await one('select length(raw) > 10 as has_raw from quarantine where external_id = $1', [String(id)]),
    ).toEqual({ has_raw: true });
    await writeCart(world.shop, { email: 'zero@cliente.example', lines: [shoe], time: ago(5) });
    await world.sync();
    expect(await cart(id)).toBeDefined();
    expect(await one('select from quarantine where external_id = $1', [String(id)])).toBeUndefined();
  });
});
