// An old shop: tables in latin1 with a column of three-byte utf8 in each, and years in which WordPress talked to them in the wrong character set, so
// that UTF-8 lies in latin1 columns. Whatever way a name was written it is read as it was typed, and a name that is right is not touched.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareContent } from '../../daemon/sync/compare.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { postRow } from '../../start/demo/order-rows.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { execute, insert, tableOf } from '../../start/demo/shop.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { useOldCharacterSets } from '../fixtures/wordpress/test-shop.ts';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const line = {
  productId: 51,
  variationId: 0,
  name: 'Tênis Ação “Verão”',
  attributes: { pa_cor: 'Açaí' },
  quantity: 1,
  unitCents: 10_000,
};
/** How WordPress' connection is set: right; or as latin1, over which its UTF-8 goes unseen. */
const ways = { right: 'utf8mb4', twice: 'latin1' } as const;
type Way = keyof typeof ways;

// Shops this old keep their orders in posts; the conformance test reads the new tables in old character sets, too.
describe('a shop of old character sets', () => {
  let world: SyncShop;
  const written: Record<Way, { order: number; cart: number; lead: number }> = {} as never;

  beforeAll(async () => {
    world = await createSyncShop({ storage: 'legacy' });
    const { shop } = world;
    await useOldCharacterSets(shop);
    // Otherwise the driver hears of the other character set and writes its text in it, as a right client does.
    await shop.conn.query(`set session_track_system_variables = ''`);
    for (const [index, way] of (['right', 'twice'] as const).entries()) {
      await shop.conn.query(`set names ${ways[way]}`);
      const productId = 51 + index * 100;
      const lines = [{ ...line, productId }];
      const at = ago(100);
      const post = { type: 'product', status: 'publish', title: line.name, createdAt: at, modifiedAt: at };
      await insert(shop, 'posts', [postRow(shop, { id: productId, ...post })]);
      const email = `${way}@cliente.example`;
      const phone = `(11) 98765-432${index}`;
      const billing = {
        ...orderInput.billing,
        firstName: 'João',
        lastName: 'da Conceição',
        email,
        phone,
        city: 'São José',
      };
      const order = { ...orderInput, lines, billing, brazil: {}, createdAt: at, updatedAt: at, paidAt: at };
      written[way] = {
        order: await placeOrder(shop, order),
        cart: (await writeCart(shop, { email, phone, firstName: 'Ângela', lastName: 'Órfã', lines, time: ago(200) }))
          .id,
        lead: await writeFormEntry(shop, {
          at,
          answers: [
            ['Nome_3', 'Conceição d’Ávila'],
            ['Whatsapp_8', phone],
            ['Número_do_sapato_9', '37'],
          ],
        }),
      };
    }
    await shop.conn.query('set names utf8mb4');
    await world.sync();
  });
  afterAll(() => world.drop());

  test('both ways of writing lie in the same columns, as different bytes', async () => {
    const [names] = (await world.shop.conn.query(
      `select hex(post_title) as bytes from ${tableOf(world.shop, 'posts')} where ID in (51, 151) order by ID`,
    )) as unknown as [{ bytes: string }[]];
    expect(names.map(({ bytes }) => bytes.slice(0, 8))).toEqual(['54EA6E69', '54C3AA6E']);
  });

  test.each(['right', 'twice'] as const)('a name that was written %s is read as it was typed', async (way) => {
    const { order, cart, lead } = written[way];
    const [names] = await world.rows(
      `select o.first_name, o.last_name, o.city, o.email, o.phone_e164,
              (select i.name || ' ' || i.attributes from order_items i where i.order_id = o.id and i.kind = 'line_item') as item
       from orders o where external_id = $1`,
      [order],
    );
    const digit = way === 'right' ? '0' : '1';
    expect(names).toEqual({
      first_name: 'João',
      last_name: 'da Conceição',
      city: 'São José',
      email: `${way}@cliente.example`,
      phone_e164: `+551198765432${digit}`,
      item: 'Tênis Ação “Verão” cor: Açaí',
    });
    const [typed] = await world.rows(
      `select c.name, c.phone_e164, c.parse_error, i.name as product, i.attributes from carts c join cart_items i on i.cart_id = c.id where external_id = $1`,
      [cart],
    );
    expect(typed).toEqual({
      name: 'Ângela Órfã',
      phone_e164: `+551198765432${digit}`,
      parse_error: null,
      product: 'Tênis Ação “Verão”',
      attributes: 'cor: Açaí',
    });
    const [mapped] = await world.rows('select name, phone_e164, size from leads where external_id = $1', [lead]);
    // The mapping says Numero_do_sapato_9.
    expect(mapped).toEqual({ name: 'Conceição d’Ávila', phone_e164: `+551198765432${digit}`, size: '37' });
  });

  test('a name that only looks like it stays, and the copies equal the shop', async () => {
    const kept = ['SÃO JOÃO', 'ÃO', 'MAÇÃ®', 'CAFÉ®', 'ATÉ AMANHÃ…'];
    for (const name of kept) await writeFormEntry(world.shop, { at: ago(1), answers: [['Nome_3', name]] });
    await world.sync();
    const names = await world.rows<{ name: string }>('select name from leads order by external_id');
    expect(names.map(({ name }) => name).slice(-kept.length)).toEqual(kept);
    const streams = await compareContent(world.engine, world);
    expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
    const before = await rowVersions(world.owner);
    await world.sync('full');
    expect(await rowVersions(world.owner)).toEqual(before);
  });

  test('a shop that is converted to utf8mb4 keeps its names: the bytes change, the copies do not', async () => {
    for (const table of [
      'posts',
      'postmeta',
      'fv_entry_meta',
      'woocommerce_order_items',
      'woocommerce_order_itemmeta',
    ]) {
      await execute(world.shop, `alter table ${tableOf(world.shop, table)} convert to character set utf8mb4`);
    }
    const { streams } = await world.sync('full');
    expect(streams.flatMap(({ counts }) => [counts.new, counts.changed, counts.missing])).toEqual(
      streams.flatMap(() => [0, 0, 0]),
    );
  });
});
