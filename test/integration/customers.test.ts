// What a person is to the shop: every sentence of docs/rules.md, customers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoreCustomers } from '../../daemon/recompute/recompute.ts';
import { keepUp } from '../../daemon/sync/upkeep.ts';
import { type Company, type OrderState, openWorld, silent, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const now = '2026-06-01T12:00:00Z';
const day = 86_400_000;
const daysAgo = (days: number, seconds = 0) =>
  new Date(new Date(now).getTime() - days * day - seconds * 1000).toISOString();

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let company: Company;
let nextId = 1;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

const order = (name: string, createdAt: string, state: Partial<OrderState> = {}) =>
  company.order({ id: nextId++, emails: [`${name}@example.com`], createdAt, ...state });

type Scored = { status: string; rfm: string };

/** Status and scores of everybody, by the name in their e-mail. */
async function everybody(): Promise<Record<string, Scored>> {
  const { rows } = await world.owner.query<Scored & { name: string }>(
    `select distinct split_part(substr(k.key, 3), '@', 1) as name, c.status, concat(c.recency, c.frequency, c.monetary) as rfm
     from customer_statuses c
     join person_members m on m.tenant_id = c.tenant_id and m.person_id = c.person_id
     join match_keys k on k.tenant_id = m.tenant_id and k.entity = m.entity and k.entity_id = m.entity_id
     where c.tenant_id = $1`,
    [company.tenantId],
  );
  return Object.fromEntries(rows.map(({ name, status, rfm }) => [name, { status, rfm }]));
}
const statuses = async () =>
  Object.fromEntries(Object.entries(await everybody()).map(([name, { status }]) => [name, status]));

test('a company of fifty is scored by its own fifths; the day’s batches by the bounds of the night', async () => {
  company = await world.createCompany();
  // Person n paid n × R$ 10 n days ago; 26 to 35 had paid the same a year ago.
  for (let n = 1; n <= 50; n++) {
    await order(`p${n}`, daysAgo(n), { total: `${n * 10}.00` });
    if (n >= 26 && n <= 35) await order(`p${n}`, daysAgo(n + 365), { total: `${n * 10}.00` });
  }
  await company.all(now);
  const people = await everybody();
  // R: ten people a fifth, the latest best. F: the middle of the forty with one order is at 40 %: third fifth; of the ten with two at 90 %: fifth.
  // M: 26 to 35 have 520 to 700, above the 500 of the fiftieth; below them 1 to 25 and 36 to 50 in the order of their number.
  expect(people).toMatchObject({
    p1: { rfm: '531', status: 'first_purchase' },
    p10: { rfm: '531' },
    p11: { rfm: '432' },
    p21: { rfm: '333' },
    p26: { rfm: '355', status: 'vip' },
    p30: { rfm: '355', status: 'vip' },
    p31: { rfm: '255', status: 'recurring' },
    p50: { rfm: '134' },
  });
  expect(Object.values(people).filter(({ status }) => status === 'vip')).toHaveLength(5);

  await order('p1', daysAgo(0, 60), { total: '2000.00' });
  await company.queued(now);
  expect(await everybody()).toMatchObject({ p1: { rfm: '555', status: 'vip' }, p26: { rfm: '355' } });
});

test('fewer than fifty are scored by fixed bounds', async () => {
  company = await world.createCompany();
  await order('novo', daysAgo(30), { total: '99.99' });
  await order('antigo', daysAgo(31), { total: '100.00' });
  await order('sumido', daysAgo(365), { total: '999.99' });
  await order('longe', daysAgo(366), { total: '1000.00' });
  for (let n = 0; n < 5; n++) await order('fiel', daysAgo(1 + 20 * n), { total: '200.00' });
  // two years and a day ago: outside the scores, still a purchase
  await order('velho', daysAgo(731));
  await company.queued(now);
  expect(await everybody()).toEqual({
    novo: { rfm: '511', status: 'first_purchase' },
    antigo: { rfm: '412', status: 'first_purchase' },
    sumido: { rfm: '214', status: 'inactive' },
    longe: { rfm: '115', status: 'inactive' },
    fiel: { rfm: '555', status: 'vip' },
    velho: { rfm: '', status: 'inactive' },
  });
});

describe('status', () => {
  test('inactive begins 180 days after the last paid order, or three of the own median intervals', async () => {
    company = await world.createCompany();
    await order('limite', daysAgo(180));
    await order('antes', daysAgo(180, -1));
    // gaps of 100 days, and a split checkout that is none: inactive from the 300th day on
    for (const days of [490, 390, 290]) await order('devagar', daysAgo(days));
    await order('devagar', daysAgo(290, -600));
    for (const days of [500, 400, 300]) await order('parou', daysAgo(days));
    await company.queued(now);
    expect(await statuses()).toEqual({
      limite: 'inactive',
      antes: 'first_purchase',
      devagar: 'recurring',
      parou: 'inactive',
    });
    expect((await everybody()).devagar!.status).toBe('recurring');
  });

  test('the interval is the middle of the gaps, however many there are; gaps of less than an hour are none', async () => {
    company = await world.createCompany();
    const gaps = [9, 2, 30, 5, 100, 0.01, 7];
    for (let count = 0; count <= gaps.length; count++)
      for (let nth = 0; nth <= count; nth++) {
        const days = gaps.slice(0, nth).reduce((sum, gap) => sum + gap, 0);
        await order(`p${count}`, daysAgo(200 - days));
      }
    await company.queued(now);
    const { rows } = await world.owner.query<{ gap: string | null }>(
      `select median_gap_seconds as gap from customer_statuses where tenant_id = $1 order by person_id`,
      [company.tenantId],
    );
    const middles = rows.map(({ gap }) => (gap === null ? null : Number(gap) / 86_400));
    expect(middles).toEqual([null, 9, 5.5, 9, 7, 9, 9, 8]);
  });

  test('inactive comes before VIP, and what days bring comes with the night', async () => {
    company = await world.createCompany();
    for (let n = 0; n < 5; n++) await order('fiel', daysAgo(170 + n), { total: '300.00' });
    await company.queued(now);
    expect(await everybody()).toEqual({ fiel: { rfm: '355', status: 'vip' } });
    const later = new Date(new Date(now).getTime() + 10 * day);
    await company.due(later.toISOString());
    expect(await statuses()).toEqual({ fiel: 'vip' });
    await keepUp(world.daemon, { now: later, log: silent });
    expect(await statuses()).toEqual({ fiel: 'inactive' });
    // the same night brings it once
    expect(await scoreCustomers(world.daemon, company.tenantId, { now: later, log: silent })).toBe(0);
  });

  test('without a paid order: only abandoned once a cart is, which time alone may bring', async () => {
    company = await world.createCompany();
    await company.lead({ id: nextId++, emails: ['curioso@example.com'] });
    await order('desistiu', daysAgo(3), { status: 'cancelled' });
    await company.cart({
      id: nextId++,
      emails: ['hesita@example.com'],
      firstAt: daysAgo(0, 600),
      pluginStatus: 'normal',
      wasAbandoned: false,
    });
    await company.queued(now);
    expect(await statuses()).toEqual({
      curioso: 'never_bought',
      desistiu: 'never_bought',
      hesita: 'never_bought',
    });
    await company.due(new Date(new Date(now).getTime() + day / 12).toISOString());
    expect((await statuses()).hesita).toBe('only_abandoned');
  });

  test('a purchase in another currency makes a customer without a score', async () => {
    company = await world.createCompany();
    await order('gringo', daysAgo(5), { currency: 'USD' });
    await company.queued(now);
    expect(await everybody()).toEqual({ gringo: { rfm: '', status: 'first_purchase' } });
  });
});

test('the orders of people who become one stand in one row, and part again', async () => {
  company = await world.createCompany();
  const first = await order('ana', daysAgo(30));
  const second = await order('ana2', daysAgo(20), { total: '50.00' });
  await company.queued(now);
  const rows = async () =>
    (
      await world.owner.query<{ order_id: string; nth: number; gap_seconds: string | null; has_next: boolean }>(
        `select order_id, nth, gap_seconds, next_at is not null as has_next from person_orders where tenant_id = $1 order by created_at`,
        [company.tenantId],
      )
    ).rows;
  const apart = [
    { order_id: first, nth: 1, gap_seconds: null, has_next: false },
    { order_id: second, nth: 1, gap_seconds: null, has_next: false },
  ];
  expect(await rows()).toEqual(apart);
  const bridge = { id: nextId++, emails: ['ana@example.com', 'ana2@example.com'] };
  await company.lead(bridge);
  await company.queued(now);
  expect(await rows()).toEqual([
    { order_id: first, nth: 1, gap_seconds: null, has_next: true },
    { order_id: second, nth: 2, gap_seconds: String(10 * 86_400), has_next: false },
  ]);
  expect(Object.values(await statuses())).toEqual(['recurring', 'recurring']);
  await company.lead({ ...bridge, emails: ['ana@example.com'] });
  await company.queued(now);
  expect(await rows()).toEqual(apart);
  expect(Object.values(await statuses())).toEqual(['first_purchase', 'first_purchase']);
});

describe('paid orders that nobody touched are taken as they were written', () => {
  const row = async () =>
    (
      await world.owner.query<{ external_id: string; nth: number; net_minor: string }>(
        `select o.external_id, p.nth, p.net_minor from person_orders p join orders o on o.tenant_id = p.tenant_id and o.id = p.order_id
         where p.tenant_id = $1 order by p.person_id, p.nth`,
        [company.tenantId],
      )
    ).rows.map(({ external_id, nth, net_minor }) => [Number(external_id), nth, Number(net_minor)]);
  const inBatchAndWhole = async () => {
    await company.queued(now);
    const batch = await row();
    await company.all(now);
    expect(await row()).toEqual(batch);
    return batch;
  };

  test('of some at the same instant the smaller number is the first, whichever was touched', async () => {
    company = await world.createCompany();
    const [a, b, c] = [nextId + 30, nextId + 20, nextId + 10];
    nextId += 40;
    const twin = (id: number, total: string) => order('gemea', daysAgo(9), { id, total });
    await twin(b, '20.00');
    await twin(a, '10.00');
    expect(await inBatchAndWhole()).toEqual([
      [b, 1, 2000],
      [a, 2, 1000],
    ]);
    await twin(c, '30.00');
    expect(await inBatchAndWhole()).toEqual([
      [c, 1, 3000],
      [b, 2, 2000],
      [a, 3, 1000],
    ]);
    await twin(b, '25.00');
    expect(await inBatchAndWhole()).toEqual([
      [c, 1, 3000],
      [b, 2, 2500],
      [a, 3, 1000],
    ]);
  });

  test('but not once the company has another currency, there and back, until all is recomputed', async () => {
    company = await world.createCompany();
    const inCurrency = (currency: string) =>
      world.owner.query('update tenants set currency = $2 where id = $1', [company.tenantId, currency]);
    const bought = (id: number, currency: string) => order('viajante', daysAgo(id), { id, currency });
    await bought(9, 'BRL');
    await bought(8, 'USD');
    await bought(7, 'BRL');
    await company.queued(now);
    expect((await row()).map(([id]) => id)).toEqual([9, 7]);
    await inCurrency('USD');
    await bought(7, 'BRL');
    await company.queued(now);
    expect((await row()).map(([id]) => id)).toEqual([8]);
    await inCurrency('BRL');
    await bought(8, 'USD');
    await company.queued(now);
    expect((await row()).map(([id]) => id)).toEqual([9, 7]);
    await bought(6, 'BRL');
    expect((await inBatchAndWhole()).map(([id]) => id)).toEqual([9, 7, 6]);
  });
});

describe('lead and customer, in time', () => {
  const leadStatus = async (leadId: string) =>
    (
      await world.owner.query<{ customer_status: string; order_id: string | null }>(
        'select customer_status, order_id from lead_statuses where tenant_id = $1 and lead_id = $2',
        [company.tenantId, leadId],
      )
    ).rows[0]!;

  test('an earlier order that arrives late takes over, and what is given back or cancelled steps down', async () => {
    company = await world.createCompany();
    const leadId = await company.lead({ id: nextId++, emails: ['lia@example.com'], capturedAt: daysAgo(10) });
    const later = await order('lia', daysAgo(5));
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'became_customer', order_id: later });
    const id = nextId;
    const earlier = await order('lia', daysAgo(40));
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'was_customer', order_id: earlier });
    await company.order({ id, emails: ['lia@example.com'], createdAt: daysAgo(40), refunded: '100.00' });
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'became_customer', order_id: later });
    await company.order({ id: id - 1, emails: ['lia@example.com'], createdAt: daysAgo(5), status: 'cancelled' });
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'not_customer', order_id: null });
  });

  test('it follows people who become one and part again', async () => {
    company = await world.createCompany();
    const leadId = await company.lead({ id: nextId++, emails: ['bia@example.com'], capturedAt: daysAgo(10) });
    const bought = await order('bia2', daysAgo(30), { currency: 'USD' });
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'not_customer', order_id: null });
    const bridge = { id: nextId++, emails: ['bia@example.com', 'bia2@example.com'], firstAt: daysAgo(2) };
    await company.cart(bridge);
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'was_customer', order_id: bought });
    await company.cart({ ...bridge, emails: ['bia@example.com'] });
    await company.queued(now);
    expect(await leadStatus(leadId)).toEqual({ customer_status: 'not_customer', order_id: null });
  });
});
