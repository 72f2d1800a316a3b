// Both averages, recurrence and interval against a month written by hand into a real shop: every expected number can be counted in the rows above it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportCustomers } from '../../daemon/cli/list-queries.ts';
import { withTenant } from '../../daemon/db.ts';
import { loadFigures } from '../../daemon/recompute/figures.ts';
import { changeOrderStatus, placeOrder, refundOrder } from '../../start/demo/order-writer.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

const at = (day: string) => new Date(`2026-${day}T15:00:00Z`);
const now = at('05-20');
// March of São Paulo
const march = { from: new Date('2026-03-01T03:00:00Z'), to: new Date('2026-04-01T03:00:00Z'), now };

let world: SyncShop;
let orders: Record<string, number>;

async function order(
  name: string,
  day: string,
  cents: number,
  { status = 'completed', currency = 'BRL', shipping = 0, tax = 0 } = {},
): Promise<number> {
  const createdAt = at(day);
  const isPaid = ['completed', 'processing', 'refunded'].includes(status);
  const lines = [{ productId: 51, variationId: 0, name: 'Tênis', attributes: {}, quantity: 1, unitCents: cents }];
  const id = await placeOrder(world.shop, {
    createdAt,
    status: `wc-${status}`,
    paidAt: isPaid ? createdAt : null,
    currency,
    billing: { email: `${name}@example.com` },
    lines,
    shippingCents: shipping,
    totalCents: cents + shipping + tax,
  });
  await execute(world.shop, `update ${tableOf(world.shop, 'wc_orders')} set tax_amount = ? where id = ?`, [
    tax / 100,
    id,
  ]);
  return id;
}

beforeAll(async () => {
  world = await createSyncShop();
  const refund = (id: number, day: string, cents: number) => refundOrder(world.shop, { id, cents, at: at(day) });
  orders = {
    ana: await order('ana', '03-02', 10_000, { shipping: 1500, tax: 500 }),
    bia: await order('bia', '03-05', 8000),
    cadu: await order('cadu', '02-10', 6000),
    dani: await order('dani', '03-08', 4000, { status: 'on-hold' }),
    eva: await order('eva', '03-09', 9900, { status: 'cancelled' }),
    fabi: await order('fabi', '03-10', 7000, { status: 'refunded' }),
    gil: await order('gil', '03-12', 50_000, { currency: 'USD' }),
    hugo: await order('hugo', '03-13', 0),
    iris: await order('iris', '03-14', 1001, { status: 'processing' }),
    anaAgain: await order('ana', '03-25', 3333, { status: 'processing' }),
    kiko: await order('kiko', '03-16', 4400, { status: 'pending' }),
  };
  await refund(orders.ana!, '03-20', 2000);
  await refund(orders.bia!, '04-10', 3000);
  await refund(orders.cadu!, '03-15', 1000);
  await refund(orders.fabi!, '03-11', 7000);
  await world.sync();
});
afterAll(async () => await world?.drop());

const figures = (period: Omit<typeof march, 'from' | 'to'> & { from?: Date; to?: Date }) =>
  withTenant(world.pool, world.tenantId, (client) => loadFigures(client, period));

test('both averages of a month, to the cent', async () => {
  expect(await figures(march)).toMatchObject({
    ordersByClass: { paid: 6, awaiting_payment: 2, void: 2 },
    // net of refunds whenever they came: ana 120 − 20, bia 80 − 30, hugo 0, iris 10.01, ana again 33.33
    paidValue: '193.34',
    // 193.34 ÷ 5 = 38.668
    averageOrderValue: '38.67',
    // without tax and shipping: ana 100, bia 80, dani 40 (on hold), fabi 70 (refunded), hugo 0, iris 10.01, ana again 33.33 = 333.34; minus the
    // refunds of March: ana 20, cadu 10 (of an order of February), fabi 70 = 100; 233.34 ÷ 7 = 33.334
    averageOrderValueWooCommerce: '33.33',
    paidOrdersInOtherCurrencies: { USD: 1 },
  });
});

test('recurrence, repeat orders and interval of a month', async () => {
  expect(await figures(march)).toMatchObject({
    // ana, bia, hugo, iris: fabi gave it back, gil paid in another currency
    customers: 4,
    newCustomers: 4,
    repeatCustomers: 1,
    repeatRate: 0.25,
    repeatOrders: 1,
    // 2 to 25 March
    medianIntervalDays: 23,
  });
  expect(await figures({ now })).toMatchObject({ customers: 5, repeatCustomers: 1, newCustomers: 5 });
});

test('each person is listed with what they bought, in the currency of the company', async () => {
  const people = await withTenant(world.pool, world.tenantId, async (client) => {
    const rows: Record<string, unknown>[] = [];
    for await (const row of exportCustomers(client, march)) rows.push(row);
    return rows;
  });
  expect(people.map(({ email }) => email).sort()).toEqual(
    ['ana', 'bia', 'hugo', 'iris'].map((name) => `${name}@example.com`),
  );
  expect(people.find(({ email }) => email === 'ana@example.com')).toMatchObject({
    name: 'Ana Souza',
    keyCount: 1,
    paidOrders: 2,
    net: '133.33',
    // 133.33 ÷ 2 = 66.665
    average: '66.67',
    currency: 'BRL',
    firstPaidAt: '2026-03-02T15:00:00.000Z',
    lastPaidAt: '2026-03-25T15:00:00.000Z',
    medianIntervalDays: '23.0',
  });
  const statuses = await world.rows<{ email: string; status: string }>(
    `select d.email, c.status from customer_statuses c cross join lateral person_display(c.tenant_id, c.person_id) d order by 1`,
  );
  const status = Object.fromEntries(statuses.map((row) => [row.email.split('@')[0], row.status]));
  // a purchase in dollars makes a customer too; what was given back, cancelled or never paid does not
  expect(status).toMatchObject({
    eva: 'never_bought',
    fabi: 'never_bought',
    dani: 'never_bought',
    kiko: 'never_bought',
  });
  expect(status.gil).not.toBe('never_bought');
});

test('an order that is given back or paid later moves all of it', async () => {
  await refundOrder(world.shop, { id: orders.anaAgain!, cents: 3333, at: new Date() });
  await changeOrderStatus(world.shop, { id: orders.dani!, status: 'wc-processing', at: new Date() });
  await world.sync();
  expect(await figures(march)).toMatchObject({
    // 100 + 50 + 40 + 0 + 10.01
    paidValue: '200.01',
    averageOrderValue: '40.00',
    customers: 5,
    repeatCustomers: 0,
    repeatOrders: 0,
    medianIntervalDays: null,
  });
});
