// One status has one class per shop, and a class that changes moves the carts of its orders; recomputes side by side and in the middle of a sync.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SiteId } from '#shared/ids.ts';
import { withTenant } from '../../daemon/db.ts';
import { refreshOrderClasses } from '../../daemon/recompute/order-class.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const now = '2026-04-11T12:00:00Z';
const firstAt = '2026-04-01T12:00:00Z';
const createdAt = '2026-04-05T12:00:00Z';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

const refresh = (company: Company, siteId: SiteId = company.siteIds[0]!) =>
  withTenant(world.daemon, company.tenantId, (client) => refreshOrderClasses(client, siteId));

async function classesOf(company: Company) {
  const { rows } = await world.owner.query<{ external_id: string; class: string }>(
    'select external_id, class from orders where tenant_id = $1 order by external_id',
    [company.tenantId],
  );
  return Object.fromEntries(rows.map((row) => [row.external_id, row.class]));
}

describe('an unknown status', () => {
  test('is paid as soon as one order of the shop in it has a paid date, and no longer when none has', async () => {
    const company = await world.createCompany();
    const cartId = await company.cart({ id: 1, firstAt, emails: ['a@example.com'] });
    await company.order({ id: 10, status: 'enviado', createdAt, emails: ['a@example.com'] });
    expect(await refresh(company)).toBe(0);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'waiting', reason: 'awaiting_payment' });

    const other = { id: 11, status: 'enviado', createdAt, emails: ['b@example.com'] };
    await company.order({ ...other, paidAt: createdAt });
    expect(await refresh(company)).toBe(2);
    await company.queued(now);
    expect(await classesOf(company)).toEqual({ 10: 'paid', 11: 'paid' });
    expect((await company.status(cartId)).status).toBe('recovered');

    await company.order({ ...other, status: 'completed', paidAt: createdAt });
    expect(await refresh(company)).toBe(1);
    await company.queued(now);
    expect(await classesOf(company)).toEqual({ 10: 'awaiting_payment', 11: 'paid' });
    expect((await company.status(cartId)).status).toBe('waiting');
  });

  test('of one shop says nothing about another shop of the company', async () => {
    const company = await world.createCompany({ siteCount: 2 });
    await company.order({ id: 10, status: 'enviado', createdAt, paidAt: createdAt });
    await company.order({ id: 11, status: 'enviado', createdAt });
    await refresh(company, company.siteIds[0]);
    await refresh(company, company.siteIds[1]);
    expect(await classesOf(company)).toEqual({ 10: 'paid', 11: 'awaiting_payment' });
  });

  test('a paid date does not make a known status paid', async () => {
    const company = await world.createCompany();
    await company.order({ id: 10, status: 'cancelled', createdAt, paidAt: createdAt });
    await company.order({ id: 11, status: 'pending', createdAt, paidAt: createdAt });
    await refresh(company);
    expect(await classesOf(company)).toEqual({ 10: 'void', 11: 'awaiting_payment' });
  });
});

test("a person's choice wins after the next full recompute, and every status of the shop is noted", async () => {
  const company = await world.createCompany();
  const cartId = await company.cart({ id: 1, firstAt, emails: ['a@example.com'] });
  await company.order({ id: 10, status: 'on-hold', createdAt, emails: ['a@example.com'] });
  await company.order({ id: 11, status: 'entregue', createdAt });
  await refresh(company);
  await company.queued(now);
  const { rows } = await world.owner.query(
    'select wc_status, has_paid_order from order_status_classes where tenant_id = $1 order by wc_status',
    [company.tenantId],
  );
  expect(rows).toEqual([
    { wc_status: 'entregue', has_paid_order: false },
    { wc_status: 'on-hold', has_paid_order: false },
  ]);
  await world.owner.query(
    `update order_status_classes set manual_class = 'paid' where tenant_id = $1 and wc_status = 'on-hold'`,
    [company.tenantId],
  );
  await company.all(now);
  expect((await company.status(cartId)).status).toBe('recovered');
});

test('several recomputes at once and a sync in between end where one would', async () => {
  const company = await world.createCompany();
  const carts: string[] = [];
  const passes: Promise<unknown>[] = [];
  for (let id = 1; id <= 12; id++) {
    const emails = [`pessoa${id}@example.com`];
    carts.push(await company.cart({ id, firstAt, emails }));
    if (id % 3 === 0) passes.push(company.queued(now));
    await company.order({ id: 100 + id, createdAt, emails });
  }
  await Promise.all([...passes, company.queued(now), company.due(now)]);
  await company.queued(now);
  const statuses = await Promise.all(carts.map(async (id) => (await company.status(id)).status));
  expect(new Set(statuses)).toEqual(new Set(['recovered']));
  const { rows } = await world.owner.query('select 1 from recompute_queue where tenant_id = $1', [company.tenantId]);
  expect(rows).toEqual([]);
});

test('a commit that changes a cart tells the pages, without personal data', async () => {
  const company = await world.createCompany();
  const listener = await world.owner.connect();
  const payloads: string[] = [];
  listener.on('notification', ({ payload }) => payloads.push(payload!));
  try {
    await listener.query('listen carrinho_changed');
    await company.cart({ id: 1, firstAt, emails: ['a@example.com'] });
    await company.queued(now);
    await company.due('2026-06-01T00:00:00Z');
    await company.due('2026-06-02T00:00:00Z');
    await listener.query('select 1');
    expect(payloads.map((payload) => JSON.parse(payload))).toEqual([
      { tenant: company.tenantId, kinds: ['cart'] },
      { tenant: company.tenantId, kinds: ['cart'] },
    ]);
  } finally {
    listener.release(true);
  }
});
