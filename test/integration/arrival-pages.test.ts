// One real shop through the whole engine, read in pages of different sizes: the conclusions are the same.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import { recomputeAll, recomputeDue } from '../../daemon/recompute/recompute.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { Random } from '../../start/demo/random.ts';
import type { Shop } from '../../start/demo/shop.ts';
import { storedTruth } from '../support/recompute-reference.ts';
import { silent } from '../support/recompute-world.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop();
  await fillShop(world.shop);
});
afterAll(async () => {
  await world?.drop();
});

/** Twelve people with e-mails and phones that meet now and then: carts, orders, form entries. */
async function fillShop(shop: Shop): Promise<void> {
  const random = new Random(11);
  const line = { productId: 101, variationId: 0, name: 'Tênis', attributes: {}, quantity: 1, unitCents: 19_990 };
  const address = { address1: '', city: 'São Paulo', state: 'SP', postcode: '', country: 'BR' };
  const start = Date.now() - 40 * 24 * 3_600_000;
  const who = () => ({
    firstName: 'Ana',
    lastName: 'Souza',
    email: `pessoa${random.int(1, 12)}@example.com`,
    phone: `11 9${80_000_000 + random.int(1, 12)}`,
  });
  for (let index = 0; index < 40; index++) {
    const at = new Date(start + index * 20 * 3_600_000);
    const { email, phone, ...name } = who();
    if (index % 4 < 2)
      await placeOrder(shop, {
        billing: { ...name, email, phone, ...address },
        lines: [line],
        createdAt: at,
        updatedAt: at,
      });
    else
      await writeFormEntry(shop, {
        at,
        answers: [
          ['Nome_3', name.firstName],
          ['Whatsapp_8', phone],
          ['E-mail_2', email],
        ],
      });
    if (index % 4 === 3)
      await writeCart(shop, {
        firstName: name.firstName,
        email,
        phone,
        lines: [line],
        time: new Date(at.getTime() - 7_200_000),
      });
  }
}

/** A company of its own that copies the same shop. */
async function createCopy(slug: string): Promise<{ tenantId: TenantId; siteId: SiteId }> {
  const { owner, pool, engine, reader, port } = world;
  const { rows } = await owner.query<{ id: TenantId }>(
    'insert into tenants (slug, name, area_code) select $1, name, area_code from tenants where id = $2 returning id',
    [slug, world.tenantId],
  );
  const tenantId = rows[0]!.id;
  const siteId = await withTenant(pool, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      `insert into sites (tenant_id, slug, name) values ($1, 'principal', 'Loja') returning id`,
      [tenantId],
    );
    const id = site.rows[0]!.id;
    await client.query(
      `insert into field_mappings (tenant_id, site_id, name_key, phone_key, email_key, size_key)
       values ($1, $2, 'Nome_3', 'Whatsapp_8', 'E-mail_2', 'Numero_do_sapato_9')`,
      [tenantId, id],
    );
    const account = { ...reader, host: '127.0.0.1', port, mode: 'direct' as const, tls: { mode: 'off' as const } };
    await saveConnection({ client, siteId: id, box: engine.box }, account);
    return id;
  });
  return { tenantId, siteId };
}

test('pages of the usual size, of 7 and of 3', async () => {
  const { owner, pool, engine } = world;
  await world.sync();
  const companies = [world.tenantId];
  for (const pageSize of [7, 3]) {
    const copy = await createCopy(`paginas-de-${pageSize}`);
    const sources = engine.sources.map((source) => ({
      ...source,
      streams: source.streams.map((stream) => ({ ...stream, pageSize })),
    }));
    const result = await runSite({ ...engine, sources } as typeof engine, { ...copy, kind: 'poll' });
    expect(result!.error).toBeNull();
    companies.push(copy.tenantId);
  }
  // the runs were moments apart: what time alone changes is brought to one instant
  const now = new Date();
  for (const tenantId of companies) await recomputeDue(pool, tenantId, { now, log: silent });
  const [usual, ...others] = await Promise.all(companies.map((tenantId) => storedTruth(owner, tenantId)));
  expect(usual!.people.length).toBeGreaterThan(3);
  for (const other of others) expect(other).toEqual(usual);
  await recomputeAll(pool, world.tenantId, { now, log: silent });
  expect(await storedTruth(owner, world.tenantId)).toEqual(usual);
}, 300_000);
