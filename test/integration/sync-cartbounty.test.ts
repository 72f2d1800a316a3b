// CartBounty's carts through the whole way: a shop with two cart plugins reads the chosen one, what changes is seen, the comparison covers them, and
// an id that the shop gives to another shopper begins a cart of its own.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareContent } from '../../daemon/sync/compare.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { createCartBounty, writeBounty } from '../fixtures/wordpress/cartbounty.ts';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

const minutesAgo = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop();
  await world.owner.query(`update sites set cart_table = 'cartbounty'`);
  await createCartBounty(world.shop);
});
afterAll(async () => await world?.drop());

type Cart = {
  external_id: string;
  episode: number;
  email: string;
  plugin_status: string;
  is_missing: boolean;
  status: string;
};
const carts = () =>
  world.rows<Cart>(
    `select external_id, episode, email, plugin_status, missing_since is not null as is_missing, status
     from carts c join cart_statuses s on s.cart_id = c.id order by external_id, episode`,
  );
const differences = async () =>
  (await compareContent(world.engine, world)).filter(({ differenceCount }) => differenceCount > 0);

test('carts are copied, judged and compared; a second poll writes nothing', async () => {
  await writeBounty(world.shop, { sessionId: 's-1', email: 'ana@mail.example', time: minutesAgo(300) });
  await writeBounty(world.shop, {
    sessionId: 's-2',
    email: 'bia@mail.example',
    time: minutesAgo(5),
    values: { phone: '11976543210' },
  });
  await writeBounty(world.shop, { sessionId: 's-3', email: 'cid@mail.example', time: '0000-00-00 00:00:00' });
  await world.sync();
  expect(await carts()).toMatchObject([
    { external_id: '1', email: 'ana@mail.example', plugin_status: 'normal', status: 'abandoned' },
    { external_id: '2', email: 'bia@mail.example', plugin_status: 'normal', status: 'waiting' },
  ]);
  expect(await world.rows('select external_id, stream, reason from quarantine')).toMatchObject([
    { external_id: '3', stream: 'carts' },
  ]);
  expect(await world.rows(`select key from match_keys where entity = 'cart' order by key`)).toEqual(
    ['e:ana@mail.example', 'e:bia@mail.example', 'p:+5511976543210', 'p:+5571987654321'].map((key) => ({ key })),
  );
  expect(await differences()).toEqual([]);
  const before = await rowVersions(world.owner);
  await world.sync();
  expect(await rowVersions(world.owner)).toEqual(before);
});

test('a reminder, a purchase and an emptied cart are seen', async () => {
  const table = tableOf(world.shop, 'cartbounty');
  await execute(world.shop, `update ${table} set wp_steps_completed = 1 where id = 1`);
  await execute(world.shop, `update ${table} set type = 2 where id = 2`);
  await world.sync();
  expect((await carts()).map(({ plugin_status }) => plugin_status)).toEqual(['abandoned', 'completed']);
  await execute(world.shop, `update ${table} set cart_total = 0, cart_contents = '' where id = 1`);
  await world.sync();
  expect(await carts()).toMatchObject([{ is_missing: true, status: 'abandoned' }, { is_missing: false }]);
  expect(await differences()).toEqual([]);
});

test('the id of a deleted cart that another shopper gets begins a cart of its own', async () => {
  await execute(world.shop, `delete from ${tableOf(world.shop, 'cartbounty')} where id = 2`);
  await world.sync();
  await writeBounty(world.shop, {
    sessionId: 's-9',
    email: 'duda@mail.example',
    time: minutesAgo(2),
    values: { id: 2, phone: '31987654321' },
  });
  await world.sync();
  expect(await carts()).toMatchObject([
    { external_id: '1' },
    { external_id: '2', episode: 1, email: 'bia@mail.example', is_missing: true },
    { external_id: '2', episode: 2, email: 'duda@mail.example', is_missing: false, status: 'waiting' },
  ]);
  expect(await differences()).toEqual([]);
});
