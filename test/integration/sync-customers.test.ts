// Accounts through the whole way: copied once, changed in place, kept when the shop deletes them, and covered by the full comparison.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareContent } from '../../daemon/sync/compare.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { writeUser } from '../fixtures/wordpress/wordpress-customers.ts';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop();
});
afterAll(async () => await world.drop());

test('accounts are copied once; what changes or vanishes is seen, and the comparison covers them', async () => {
  const { shop } = world;
  for (const id of [3, 4, 5]) {
    const meta = { [`${shop.prefix}capabilities`]: 'a:1:{s:8:"customer";b:1;}', billing_city: 'Recife' };
    await writeUser(shop, { id, email: `Conta${id}@mail.example` }, meta);
  }
  await world.sync();
  const copies = () =>
    world.rows<{ external_id: string; email: string; billing_city: string | null; missing_since: Date | null }>(
      'select external_id, email, billing_city, missing_since from site_customers order by external_id',
    );
  expect((await copies()).map(({ email }) => email)).toEqual([3, 4, 5].map((id) => `Conta${id}@mail.example`));
  expect(await world.rows('select from match_keys')).toEqual([]);
  const accounts = async () => {
    const compared = await compareContent(world.engine, world);
    return compared.find(({ source }) => source === 'wordpress-customers')!;
  };
  expect(await accounts()).toMatchObject({ shopCount: 3, differenceCount: 0 });

  const before = await rowVersions(world.owner);
  await world.sync('reconcile');
  expect((await rowVersions(world.owner)).site_customers).toBe(before.site_customers);

  await execute(
    shop,
    `update ${tableOf(shop, 'usermeta')} set meta_value = 'Olinda' where user_id = 3 and meta_key = 'billing_city'`,
  );
  await execute(shop, `delete from ${tableOf(shop, 'users')} where ID = 4`);
  expect((await accounts()).differences).toEqual([
    { externalId: '3', columns: ['billing_city', 'source_hash'] },
    { externalId: '4', columns: ['absent_in_shop'] },
  ]);
  await world.sync('reconcile');
  const [changed, gone, kept] = await copies();
  expect(changed?.billing_city).toBe('Olinda');
  expect(gone?.missing_since).not.toBeNull();
  expect(kept?.missing_since).toBeNull();
  expect(await accounts()).toMatchObject({ differenceCount: 0 });
});
