// Figures and lists against a month made by hand: every number below can be counted in the rows above it.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportCarts, exportLeads, exportOrders } from '../../daemon/cli/list-queries.ts';
import { runCli } from '../../daemon/cli.ts';
import { withTenant } from '../../daemon/db.ts';
import { loadSummary } from '../../daemon/recompute/figures.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const day = (text: string) => `2026-${text}Z`;
const now = day('05-20T12:00:00');
const april = { from: new Date(day('04-01T03:00:00')), to: new Date(day('05-01T03:00:00')), now: new Date(now) };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let company: Company;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
  // Somebody else's rows, which must not be counted.
  const other = await world.createCompany();
  await other.cart({ id: 1, emails: ['ana@example.com'], firstAt: day('04-10T10:00:00') });
  await other.order({ id: 2, emails: ['ana@example.com'], createdAt: day('04-12T10:00:00') });
  await other.queued(now);

  company = await world.createCompany();
  const cart = (id: number, name: string, firstAt: string, more = {}) =>
    company.cart({ id, emails: name ? [`${name}@example.com`] : [], firstAt: day(firstAt), ...more });
  const order = (id: number, name: string, createdAt: string, more = {}) =>
    company.order({ id, emails: name ? [`${name}@example.com`] : [], createdAt: day(createdAt), ...more });
  // Ana: recovered by herself, 120 − 20 refunded; had paid before, outside the window.
  await order(101, 'ana', '01-05T10:00:00', { total: '40.00' });
  await cart(1, 'ana', '04-10T10:00:00', { products: [7], total: '130.00' });
  await order(102, 'ana', '04-12T10:00:00', { total: '120.00', refunded: '20.00', products: [7] });
  // Bia: had bought the day before her cart.
  await order(103, 'bia', '04-11T10:00:00', { total: '60.00' });
  await cart(2, 'bia', '04-12T10:00:00');
  // Cadu: bought at once. Dani: abandoned, window closed by now. Eva: abandoned, open.
  await cart(3, 'cadu', '04-15T10:00:00', { pluginStatus: 'normal', wasAbandoned: false });
  await order(104, 'cadu', '04-15T10:10:00', { total: '33.33' });
  await cart(4, 'dani', '04-02T10:00:00', { total: '10.00' });
  await cart(5, 'eva', '04-28T10:00:00', { total: '15.50' });
  // Nobody's cart; a cart that the shop lost; an unpaid Pix; a cart of March.
  await cart(6, '', '04-20T10:00:00', { total: '5.00' });
  await cart(7, 'fabi', '04-20T10:00:00', {
    pluginStatus: 'normal',
    wasAbandoned: false,
    missingSince: day('04-20T10:20:00'),
  });
  await cart(8, 'gil', '04-29T10:00:00');
  await order(105, 'gil', '05-18T10:00:00', { total: '70.00', status: 'on-hold' });
  await cart(9, 'hugo', '03-31T10:00:00');
  // Orders of all kinds in April.
  await order(106, 'iris', '04-05T10:00:00', { total: '100.00', currency: 'USD' });
  await order(107, 'iris', '04-06T10:00:00', { total: '10.01', status: 'cancelled' });
  await order(108, '', '04-07T10:00:00', { total: '6.67' });
  await company.lead({ id: 1, emails: ['ana@example.com'], capturedAt: day('04-01T12:00:00') });
  await company.lead({ id: 2, emails: ['bia@example.com'], capturedAt: day('04-01T12:00:00') });
  await company.lead({
    id: 3,
    emails: ['zoe@example.com'],
    phones: ['+5511987654321'],
    capturedAt: day('04-30T23:00:00'),
  });
  await company.lead({ id: 4, emails: ['zoe@example.com'], capturedAt: day('05-02T12:00:00') });
  await company.queued(now);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

const asCompany = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(world.daemon, company.tenantId, work);

describe('figures of a month', () => {
  test('every number is the count of its rows', async () => {
    expect(await asCompany((client) => loadSummary(client, april))).toEqual({
      currency: 'BRL',
      carts: { abandoned: 3, waiting: 1, recovered: 2, purchased: 1, removed: 1 },
      // Ana over Ana, Dani and Eva; the nameless cart and Bia are outside
      recoveryRate: { recovered: 1, abandoned: 2, rate: 0.3333 },
      isPartial: true,
      // only the windows of Ana and Dani were closed on 20 May
      recoveryRateClosed: { recovered: 1, abandoned: 1, rate: 0.5 },
      // Ana, Bia and Cadu
      recoveryRateOriginal: { recovered: 3, abandoned: 2, rate: 0.6 },
      recoveredValue: '100.00',
      recoveredValueOriginal: '193.33',
      recoveredByCause: {
        contacted: { count: 0, value: '0.00' },
        plugin_email: { count: 0, value: '0.00' },
        spontaneous: { count: 1, value: '100.00' },
        prior_purchase: { count: 1, value: '60.00' },
      },
      abandonedValue: '30.50',
      awaitingPayment: { count: 1, value: '70.00', oldestAt: '2026-05-18T10:00:00.000Z' },
      ordersByClass: { paid: 5, awaiting_payment: 0, void: 1 },
      // 100.00 + 60.00 + 33.33 + 6.67
      paidOrdersCounted: 4,
      paidValue: '200.00',
      averageOrderValue: '50.00',
      // 120.00 + 60.00 + 33.33 + 6.67 over the same four; the refund has no row of its own here
      averageOrderValueWooCommerce: '55.00',
      paidOrdersInOtherCurrencies: { USD: 1 },
      customers: 3,
      repeatCustomers: 1,
      repeatRate: 0.3333,
      repeatOrders: 1,
      // Bia and Cadu
      newCustomers: 2,
      medianIntervalDays: 97,
      // ana bia cadu dani eva fabi gil iris zoe
      persons: 9,
      leads: 3,
      leadsByCustomerStatus: { was_customer: 1, became_customer: 1, not_customer: 1 },
    });
  });

  test('without a period everything counts', async () => {
    const figures = await asCompany((client) => loadSummary(client, { now: new Date(now) }));
    expect(figures).toMatchObject({
      carts: { abandoned: 4 },
      ordersByClass: { paid: 6, awaiting_payment: 1, void: 1 },
      customers: 3,
      persons: 10,
      leads: 4,
    });
  });

  test('a period in which nothing happened has no rate', async () => {
    const empty = { from: new Date('2020-01-01'), to: new Date('2020-02-01'), now: new Date(now) };
    expect(await asCompany((client) => loadSummary(client, empty))).toMatchObject({
      recoveryRate: { recovered: 0, abandoned: 0, rate: null },
      recoveredValue: '0.00',
      averageOrderValue: null,
      repeatRate: null,
      medianIntervalDays: null,
    });
  });
});

describe('lists', () => {
  async function listAll<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
    const list: Row[] = [];
    for await (const row of rows) list.push(row);
    return list;
  }

  test('a cart has its matches, best first, with the equal keys', async () => {
    const carts = await asCompany((client) => listAll(exportCarts(client, april)));
    expect(carts.map((cart) => cart.sourceId)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(carts[0]).toEqual({
      sourceId: '1',
      email: 'ana@example.com',
      phoneE164: null,
      total: '130.00',
      itemCount: 1,
      pluginStatus: 'abandoned',
      status: 'recovered',
      reason: 'spontaneous',
      firstActivityAt: '2026-04-10T10:00:00.000Z',
      lastActivityAt: '2026-04-10T10:00:00.000Z',
      matches: [{ orderSourceId: '102', class: 'paid', keys: ['ana@example.com'], score: 80 }],
      bestOrderSourceId: '102',
      creditedOrderSourceId: '102',
      creditedValue: '100.00',
      score: 80,
      causalClass: 'spontaneous',
    });
    expect(carts[5]).toMatchObject({
      email: null,
      matches: [],
      bestOrderSourceId: null,
      creditedValue: null,
      score: null,
    });
  });

  test('an order has its keys, a lead what it is to the shop', async () => {
    const orders = await asCompany((client) => listAll(exportOrders(client, {})));
    expect(orders.find((order) => order.sourceId === '102')).toEqual({
      sourceId: '102',
      wcStatus: 'completed',
      class: 'paid',
      total: '120.00',
      refunded: '20.00',
      net: '100.00',
      currency: 'BRL',
      createdAt: '2026-04-12T10:00:00.000Z',
      emailKey: 'ana@example.com',
      phoneKeys: [],
    });
    const leads = await asCompany((client) => listAll(exportLeads(client, { siteId: company.siteIds[0]! })));
    expect(leads.map((lead) => lead.customerStatus)).toEqual([
      'was_customer',
      'became_customer',
      'not_customer',
      'not_customer',
    ]);
  });
});

describe('resumo by day, by cohort and against the period before', () => {
  async function resumo(...options: string[]) {
    let text = '';
    const stdout = new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    });
    const args = ['resumo', '--empresa=empresa-2', `--agora=${now}`, '--json', ...options];
    const code = await runCli(args, { env: { DATABASE_URL: database.url }, stdout });
    return { code, json: text === '' ? null : JSON.parse(text) };
  }
  const aprilDays = ['--de=2026-04-01', '--ate=2026-04-30'];

  test('the days of a month add up to the month', async () => {
    const { json } = await resumo(...aprilDays, '--serie');
    type Day = { day: string; leads: number; carts: Record<string, number>; paidOrders: number } & Record<
      string,
      string
    >;
    const days: Day[] = json.days;
    const sum = (of: (day: Day) => number) => days.reduce((total, day) => total + of(day), 0);
    expect(sum((day) => day.leads)).toBe(3);
    expect(sum((day) => day.carts.abandoned!)).toBe(3);
    expect(sum((day) => day.carts.recovered!)).toBe(2);
    expect(sum((day) => day.paidOrders)).toBe(5);
    expect(sum((day) => Number(day.paidValue))).toBeCloseTo(200);
    expect(days.find(({ day }) => day === '2026-04-10')).toMatchObject({
      carts: { recovered: 1 },
      recoveredValue: '100.00',
    });
  });

  test('a cohort says how many had come back after so many days, and who bought again in later months', async () => {
    const { json } = await resumo('--coortes');
    expect(json.recovery).toEqual([
      // Dani and Hugo (31 March)
      { week: '2026-03-30', carts: 2, within1Day: 0, within3Days: 0, within7Days: 0, within14Days: 0, recovered: 0 },
      // Ana, exactly two days later
      { week: '2026-04-06', carts: 1, within1Day: 0, within3Days: 1, within7Days: 1, within14Days: 1, recovered: 1 },
      { week: '2026-04-27', carts: 1, within1Day: 0, within3Days: 0, within7Days: 0, within14Days: 0, recovered: 0 },
    ]);
    expect(json.purchases).toEqual([
      { month: '2026-01', monthsLater: 0, people: 1 },
      { month: '2026-01', monthsLater: 3, people: 1 },
      { month: '2026-04', monthsLater: 0, people: 2 },
    ]);
  });

  test('a comparison names its days; below five rows there is none', async () => {
    const { json } = await resumo(...aprilDays, '--comparar');
    // nobody wrote to anybody: Ana came back by herself, 48 hours later; Dani and Eva did not
    expect(json).toMatchObject({
      contactedRate: { carts: 0, recovered: 0, rate: null },
      naturalRate: { carts: 3, recovered: 1, rate: 0.3333 },
      timeToRecover: { medianHours: 48, p75Hours: 48 },
    });
    expect(json).toMatchObject({ leads: 3, previous: { firstDay: '2026-02-25', lastDay: '2026-03-26', leads: 0 } });
    expect(json.changes).toMatchObject({ leads: null, recoveryRate: null, averageOrderValue: null });
    expect((await resumo('--comparar')).code).toBe(2);
    expect((await resumo('--serie', '--coortes')).code).toBe(2);
  });

  test('a contact is counted with the cart that it was about, also through the person', async () => {
    const [lead] = (
      await world.owner.query<{ id: string }>(`select id from leads where tenant_id = $1 and external_id = 1`, [
        company.tenantId,
      ])
    ).rows;
    const contact = (undone: string | null) =>
      world.owner.query(
        `insert into contacts (tenant_id, entity, entity_id, channel, contacted_at, undone_at) values ($1, 'lead', $2, 'whatsapp', $3, $4)`,
        [company.tenantId, lead!.id, day('04-11T09:00:00'), undone],
      );
    await contact(day('04-11T10:00:00'));
    expect((await resumo(...aprilDays)).json.contactedRate.carts).toBe(0);
    await contact(null);
    await company.all(now);
    expect((await resumo(...aprilDays)).json).toMatchObject({
      contactedRate: { carts: 1, recovered: 1, rate: 1 },
      naturalRate: { carts: 2, recovered: 0, rate: 0 },
      recoveredByCause: { contacted: { count: 1, value: '100.00' } },
    });
  });
});
