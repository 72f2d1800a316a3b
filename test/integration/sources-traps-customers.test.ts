// The traps of customers' accounts and of CartBounty's table, each with rows that show it.
import { afterEach, describe, expect, test } from 'vitest';
import type { Target } from '../../daemon/source.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import { phpSerialize } from '../../start/demo/php-serialize.ts';
import { bountyProduct, createCartBounty, writeBounty } from '../fixtures/wordpress/cartbounty.ts';
import { openLab } from '../fixtures/wordpress/lab.ts';
import type { TestShopOptions } from '../fixtures/wordpress/test-shop.ts';
import { writeMeta, writeUser } from '../fixtures/wordpress/wordpress-customers.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open<T extends Target>(what: { source: string; stream: string; target: T }, options?: TestShopOptions) {
  const lab = await openLab(what, options);
  closing.push(lab.close);
  return lab;
}

const at = new Date('2025-03-01T12:00:00Z');
const customer = 'a:1:{s:8:"customer";b:1;}';

describe('customers', () => {
  const accounts = { source: 'wordpress-customers', stream: 'accounts', target: 'customer' } as const;
  const email = 'ana@mail.example';

  test('a first address, whose metadata is new, is in the next poll; one that only WooCommerce counts is in the digest', async () => {
    const lab = await open(accounts);
    await writeUser(lab.shop, { id: 5, email }, { wp_capabilities: customer, wc_order_count_wp: '1' });
    await writeUser(lab.shop, { id: 6, email: 'outra@mail.example' }, { wp_capabilities: customer });
    const before = await lab.remember();
    await writeMeta(lab.shop, 6, { billing_phone: '71 98765-4321' });
    await lab.sql("update wp_usermeta set meta_value = '2' where user_id = 5 and meta_key = 'wc_order_count_wp'");
    expect(await before.poll()).toContain('6');
    expect((await before.digest()).sort()).toEqual(['5', '6']);
    expect((await lab.records()).get('5')?.orderCount).toBe(2);
  });

  test('an edited address is found by the time that WooCommerce notes; a time in the far future hides nobody', async () => {
    const lab = await open(accounts);
    const now = Math.floor(Date.now() / 1000);
    await writeUser(lab.shop, { id: 5, email }, { wp_capabilities: customer, last_update: String(now - 90_000) });
    await writeUser(lab.shop, { id: 6, email }, { wp_capabilities: customer, last_update: '9999999999' });
    await writeUser(lab.shop, { id: 7, email }, { wp_capabilities: customer, last_update: String(now - 1000) });
    // Beyond what the overlap by ids reads again.
    for (let n = 0; n < 6; n++) {
      await lab.sql('insert into wp_usermeta (user_id, meta_key, meta_value) select 900, seq, 1 from seq_1_to_100');
    }
    const before = await lab.remember();
    expect(await before.poll()).not.toContain('5');
    await lab.sql("update wp_usermeta set meta_value = ? where user_id = 5 and meta_key = 'last_update'", [now]);
    expect(await before.poll()).toContain('5');
  });

  test('a user who loses the role is a customer no more, unless an address shows a purchase', async () => {
    const lab = await open(accounts);
    const address = { billing_postcode: '40000-000' };
    await writeUser(lab.shop, { id: 5, email }, { wp_capabilities: customer });
    await writeUser(lab.shop, { id: 6, email }, { wp_capabilities: customer, ...address });
    const before = await lab.remember();
    await lab.sql(
      `update wp_usermeta set meta_value = 'a:1:{s:10:"subscriber";b:1;}' where meta_key = 'wp_capabilities'`,
    );
    expect((await before.digest()).sort()).toEqual(['5', '6']);
    const reading = await (await lab.reader()).read(lab.stream as never, ['5', '6']);
    expect([...reading.skipped]).toEqual([['5', 'not_a_customer']]);
    expect(reading.records.get('6')).toMatchObject({ hasCustomerRole: false });
  });

  test('in a network, the customers of one site are not those of another, and its sums are its own', async () => {
    const lab = await open(accounts);
    const context = { ...(await lab.context()), prefix: 'wp_2_', basePrefix: 'wp_' };
    const { createReader } = await import('../fixtures/wordpress/stream-reader.ts');
    await writeUser(
      lab.shop,
      { id: 5, email },
      { wp_capabilities: customer, billing_city: 'Olinda', paying_customer: '1' },
    );
    await writeUser(
      lab.shop,
      { id: 6, email },
      { wp_capabilities: customer, wp_2_capabilities: customer, wc_order_count_wp: '9', wc_order_count_wp_2: '1' },
    );
    const { records } = await createReader(lab.gateway, context).readAll(lab.stream as never);
    expect([...records.values()]).toMatchObject([{ externalId: '6', orderCount: 1 }]);
  });

  test('the login and the password are never asked for', async () => {
    const lab = await open(accounts);
    await writeUser(lab.shop, { id: 5, email }, { wp_capabilities: customer });
    expect(JSON.stringify([...(await lab.records()).values()])).not.toMatch(/login-5|segredo/);
    for (const { shape } of lab.gateway.statements()) expect(shape).not.toMatch(/user_login|user_pass|user_nicename/);
  });

  test('without WooCommerce there are no customers', async () => {
    const lab = await open(accounts);
    const source = (await loadSources()).find(({ name }) => name === accounts.source);
    const shop = await lab.context();
    expect(source?.detect(shop)).toBe(true);
    expect(source?.detect({ ...shop, orderStorage: null })).toBe(false);
  });
});

describe('CartBounty', () => {
  const carts = { source: 'cartbounty', stream: 'carts', target: 'cart' } as const;
  const openBounty = async () => {
    const lab = await open(carts, { chosenCartTable: 'cartbounty' });
    await createCartBounty(lab.shop);
    return lab;
  };

  test('of two plugins in one shop only the table that was chosen is read', async () => {
    const lab = await openBounty();
    const sources = await loadSources();
    const detected = async (cartTable: string | null) => {
      const shop = { ...(await lab.context()), cartTable };
      return sources.filter((source) => source.cartTables && source.detect(shop)).map(({ name }) => name);
    };
    expect(await detected('cartbounty')).toEqual(['cartbounty']);
    expect(await detected('cartflows_ca_cart_abandonment')).toEqual(['cart-abandonment']);
    expect(await detected(null)).toEqual([]);
  });

  test('a cart is being filled until a reminder went out; recovered and ordered are bought', async () => {
    const lab = await openBounty();
    for (const type of ['0', '1', '2', '3', '4', '9']) {
      await writeBounty(lab.shop, { sessionId: type, values: { type } });
    }
    await writeBounty(lab.shop, { sessionId: 'reminded', values: { type: 0, wp_steps_completed: 1 } });
    expect([...(await lab.records()).values()].map(({ pluginStatus }) => pluginStatus)).toEqual([
      'normal',
      'completed',
      'completed',
      'abandoned',
      'completed',
      '9',
      'abandoned',
    ]);
  });

  test('times are local at the offset of their own date', async () => {
    const lab = await openBounty();
    await writeBounty(lab.shop, { sessionId: 's', time: '2018-12-01 10:00:00' });
    expect((await lab.records()).get('1')?.activityAt).toEqual(new Date('2018-12-01T12:00:00Z'));
  });

  test('names, prices, phone, state and currency come from the row itself', async () => {
    const lab = await openBounty();
    const values = { phone: '+5571987654321', currency: 'USD' };
    await writeBounty(lab.shop, {
      sessionId: 's',
      contents: phpSerialize({ products: [bountyProduct], cart_data: {} }),
      values,
    });
    expect((await lab.records()).get('1')).toMatchObject({
      phones: ['+5571987654321'],
      city: 'São Paulo',
      state: 'SP',
      currency: 'USD',
      total: '359.80',
      items: [{ productId: '51', variationId: '52', name: 'Tênis Ação 👟: 37', quantity: '2', lineTotal: '359.8' }],
      parseError: null,
    });
  });

  test('a place as older versions write it is read too, and a state abroad is none of Brazil', async () => {
    const lab = await openBounty();
    await writeBounty(lab.shop, { sessionId: 'a', values: { location: 'BR, Salvador' } });
    const other = phpSerialize({ cartbounty_billing_state: 'AL' });
    await writeBounty(lab.shop, { sessionId: 'b', values: { location: 'US, Mobile', other_fields: other } });
    expect([...(await lab.records()).values()]).toMatchObject([
      { city: 'Salvador', state: 'SP' },
      { city: 'Mobile', state: null },
    ]);
  });

  test('an anonymous visitor is a cart without a key; once the e-mail is typed the same row has one', async () => {
    const lab = await openBounty();
    const nobody = { name: null, surname: null, email: null, phone: null };
    await writeBounty(lab.shop, { sessionId: 's', values: nobody });
    expect((await lab.records()).get('1')).toMatchObject({ email: null, phones: [null], firstName: null });
    const before = await lab.remember();
    await lab.sql("update wp_cartbounty set email = 'ana@mail.example', time = time + interval 1 minute");
    expect(await before.poll()).toEqual(['1']);
    expect((await lab.records()).get('1')?.email).toBe('ana@mail.example');
  });

  test('an emptied cart leaves: its row has no value, and a day later it is deleted', async () => {
    const lab = await openBounty();
    await writeBounty(lab.shop, { sessionId: 's' });
    const before = await lab.remember();
    await lab.sql("update wp_cartbounty set cart_contents = '', cart_total = 0, time = time + interval 1 minute");
    expect(await before.poll()).toEqual([]);
    expect(await before.digest()).toEqual(['1']);
    const reading = await (await lab.reader()).read(lab.stream as never, ['1']);
    expect([...reading.skipped]).toEqual([['1', 'emptied']]);
  });

  test('a broken blob costs the items, never the cart', async () => {
    const lab = await openBounty();
    await writeBounty(lab.shop, {
      sessionId: 's',
      time: at,
      contents: 'a:1:{i:0;a:6:{s:10:"product_id";i:51;s:8:"quantity";i:3;s:20:"product_vari',
    });
    expect((await lab.records()).get('1')).toMatchObject({
      parseError: 'items_unreadable',
      items: [{ productId: '51', quantity: '3' }],
    });
  });
});
