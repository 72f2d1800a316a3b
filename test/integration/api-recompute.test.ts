// The web process recomputes what an operator's act touches in the act's own transaction, by its own role; while the daemon is at it, the act
// waits in the queue.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../api/db.ts';
import { recomputeNow } from '../../api/recompute.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const now = new Date('2026-04-11T12:00:00Z');
const maria = { emails: ['maria@example.com'] };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let api: Database;
let company: Company;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
  api = openDatabase({ url: database.url, role: 'carrinho_api' });
  company = await world.createCompany();
});
afterAll(async () => {
  await api?.close();
  await world?.close();
  await database?.drop();
});

test('statuses, people and log change with the act; the queue is left alone', async () => {
  const cartId = await company.cart({ id: 1, firstAt: '2026-04-01T12:00:00Z', ...maria });
  await company.queued(now.toISOString());
  expect(await company.status(cartId)).toMatchObject({ status: 'abandoned' });
  await company.order({ id: 2, createdAt: '2026-04-03T12:00:00Z', ...maria });

  const isDone = await api.withTenant(company.tenantId, (tx) =>
    recomputeNow(tx, { tenantId: company.tenantId, now }, { records: [{ entity: 'cart', id: cartId }] }),
  );

  expect(isDone).toBe(true);
  expect(await company.status(cartId)).toMatchObject({ status: 'recovered', credited_minor: '10000' });
});

test('while another pass holds the company, the act is queued for it', async () => {
  const daemon = await world.owner.connect();
  const lock = `recompute:${company.tenantId}`;
  await daemon.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
  try {
    const isDone = await api.withTenant(company.tenantId, (tx) =>
      recomputeNow(
        tx,
        { tenantId: company.tenantId, now },
        { records: [{ entity: 'cart', id: '77' }], keys: ['e:x@example.com'] },
      ),
    );
    expect(isDone).toBe(false);
    const { rows } = await world.owner.query(
      `select entity, entity_id, key from recompute_queue where tenant_id = $1 order by id desc limit 2`,
      [company.tenantId],
    );
    expect(rows).toEqual([
      { entity: 'key', entity_id: null, key: 'e:x@example.com' },
      { entity: 'cart', entity_id: '77', key: null },
    ]);
  } finally {
    await daemon.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
    daemon.release();
  }
});
