// The traps of Form Vibes and the CartFlows family (their tables' ways, times, charsets, serialized blobs), each with rows that show it.
import mysql from 'mysql2/promise';
import { afterEach, describe, expect, inject, test } from 'vitest';
import type { Target } from '../../daemon/source.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import {
  abandonCarts,
  completeCart,
  deleteFormEntry,
  scheduleEmails,
  sendEmail,
  writeCart,
  writeFormAnswers,
  writeFormEntry,
} from '../../start/demo/cart-writer.ts';
import { postRow } from '../../start/demo/order-rows.ts';
import { insert, localText } from '../../start/demo/shop.ts';
import { openLab } from '../fixtures/wordpress/lab.ts';
import type { TestShopOptions } from '../fixtures/wordpress/test-shop.ts';

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
const line = { productId: 51, variationId: 52, name: '', attributes: {}, quantity: 1, unitCents: 17990 };

describe('Form Vibes', () => {
  const entries = { source: 'form-vibes', stream: 'entries', target: 'lead' } as const;
  const answers = { source: 'form-vibes', stream: 'answers', target: 'lead_answer' } as const;

  test('the id of a deleted entry, given again by an old server, is another lead', async () => {
    const lab = await open(entries);
    await writeFormEntry(lab.shop, { id: 5, at, answers: [] });
    const before = await lab.remember();
    await deleteFormEntry(lab.shop, 5);
    await writeFormEntry(lab.shop, { id: 5, at: new Date(at.getTime() + 1000), answers: [] });
    expect(await before.digest()).toEqual(['5']);
    expect((await lab.records()).get('5')?.capturedGmt).toBe('2025-03-01 12:00:01');
  });

  test('an import with ids below the cursor is found by the digest', async () => {
    const lab = await open(entries);
    await writeFormEntry(lab.shop, { id: 500, at, answers: [] });
    const before = await lab.remember();
    await writeFormEntry(lab.shop, { id: 7, at, answers: [] });
    expect(await before.poll()).toEqual(['500']);
    expect(await before.digest()).toEqual(['7']);
  });

  test('an entry that commits after a higher id was read is in the overlap of the next poll', async () => {
    const lab = await open(entries);
    const { host, port, user, password } = inject('mariaDb');
    const slow = await mysql.createConnection({ host, port, user, password, database: lab.shop.database });
    closing.push(() => slow.end());
    await slow.query('begin');
    await writeFormEntry({ ...lab.shop, conn: slow }, { id: 8, at, answers: [] });
    await writeFormEntry(lab.shop, { id: 9, at, answers: [] });
    const before = await lab.remember();
    expect([...(await lab.records()).keys()]).toEqual(['9']);
    await slow.query('commit');
    expect(await before.poll()).toContain('8');
  });

  test('answers that come after their entry was read are found by their own id', async () => {
    const lab = await open(answers);
    const id = await writeFormEntry(lab.shop, { at, answers: [] });
    const before = await lab.remember();
    await writeFormAnswers(lab.shop, id, [['Nome_3', 'Ana']]);
    expect(await before.poll()).toEqual(['1']);
    expect((await lab.records()).get('1')).toMatchObject({ leadExternalId: String(id), key: 'Nome_3', value: 'Ana' });
  });

  test('keys that differ in case or accent only are different answers', async () => {
    const lab = await open(answers);
    const keys = ['Numero_do_sapato_9', 'Número_do_sapato_9', 'numero_do_sapato_9'];
    await writeFormEntry(lab.shop, { at, answers: keys.map((key) => [key, '37']) });
    expect([...(await lab.records()).values()].map(({ key }) => key)).toEqual(keys);
  });

  test('a key may come twice in one entry', async () => {
    const lab = await open(answers);
    await writeFormEntry(lab.shop, {
      at,
      answers: [
        ['cor', 'azul'],
        ['cor', 'verde'],
      ],
    });
    expect((await lab.records()).size).toBe(2);
  });

  test('a copy that spells its table right, with the older status column, is read alike', async () => {
    const lab = await open(entries);
    const table = (name: string) => `\`${lab.shop.prefix}${name}\``;
    await lab.sql(`alter table ${table('fv_enteries')} change fv_status status varchar(100) default 'Undefined'`);
    await lab.sql(`rename table ${table('fv_enteries')} to ${table('fv_entries')}`);
    await lab.sql(
      `insert into ${table('fv_entries')} (form_plugin, form_id, captured, captured_gmt, url) values ('cf7', '5', '', '2025-03-01 12:00:00', 'https://loja.example/')`,
    );
    expect((await lab.records()).get('1')).toMatchObject({ formPlugin: 'cf7', capturedAt: at });
  });

  test('a lead whose UTC text is empty is dated by the shop’s own clock', async () => {
    const lab = await open(entries);
    await lab.sql(
      `insert into \`${lab.shop.prefix}fv_enteries\` (form_plugin, form_id, captured, captured_gmt, url) values ('cf7', '5', '2025-03-01 09:00:00', '', '')`,
    );
    expect((await lab.records()).get('1')).toMatchObject({
      capturedAt: new Date('2025-03-01T12:00:00Z'),
      capturedGmt: '',
    });
  });

  test('without its tables the source is not there', async () => {
    const lab = await open(entries);
    await lab.sql(`drop table \`${lab.shop.prefix}fv_entry_meta\``);
    const source = (await loadSources()).find(({ name }) => name === 'form-vibes');
    expect(source?.detect(await lab.context())).toBe(false);
  });

  test('old latin1 and three-byte tables give their accents; UTF-8 kept in a latin1 column is repaired', async () => {
    const lab = await open(answers);
    await lab.sql(`alter table \`${lab.shop.prefix}fv_entry_meta\` convert to character set latin1`);
    await insert(lab.shop, 'fv_entry_meta', [['1', 'Nome_3', 'Conceição']]);
    await insert(lab.shop, 'fv_entry_meta', [['1', 'Nome_3', Buffer.from('Conceição', 'utf8').toString('latin1')]]);
    expect([...(await lab.records()).values()].map(({ value }) => value)).toEqual(['Conceição', 'Conceição']);
    await lab.sql(`alter table \`${lab.shop.prefix}fv_entry_meta\` convert to character set utf8mb3`);
    expect((await lab.records()).get('1')?.value).toBe('Conceição');
  });

  test('no statement joins the tables or looks for a link without an index', async () => {
    const lab = await open(answers);
    await writeFormEntry(lab.shop, { at, answers: [['Nome_3', 'Ana']] });
    await lab.records();
    const sent = lab.gateway.statements().filter(({ shape }) => shape.includes('fv_entry_meta'));
    expect(sent.length).toBeGreaterThan(2);
    for (const { shape } of sent) expect(shape).not.toMatch(/\bjoin\b|where[^)]*data_id|distinct/i);
  });
});

describe('carts', () => {
  const carts = { source: 'cart-abandonment', stream: 'carts', target: 'cart' } as const;
  const emails = { source: 'cart-abandonment', stream: 'emails', target: 'cart_email' } as const;
  const email = 'ana@mail.example';

  test("the plugin's cron moves a status without the time: the digest of the next poll shows it", async () => {
    const lab = await open(carts);
    await writeCart(lab.shop, { email, time: at, lines: [line] });
    const before = await lab.remember();
    expect(await before.poll()).toEqual([]);
    await abandonCarts(lab.shop, { now: new Date(at.getTime() + 3_600_000) });
    expect(await before.poll()).toEqual(['1']);
    expect((await lab.records()).get('1')).toMatchObject({ pluginStatus: 'abandoned', activityAt: at });
  });

  test('a returning shopper takes the old row over: a low id changes', async () => {
    const lab = await open(carts);
    await writeCart(lab.shop, { email, time: at, lines: [line] });
    await writeCart(lab.shop, { email: 'outra@mail.example', time: at, lines: [line] });
    const before = await lab.remember();
    const later = new Date(at.getTime() + 86_400_000);
    await writeCart(lab.shop, { email, time: later, lines: [line] });
    expect(await before.poll()).toEqual(['1']);
    expect((await lab.records()).get('1')?.activityAt).toEqual(later);
  });

  test('times are local at the offset of their own date, and kept as written', async () => {
    const lab = await open(carts);
    const summer = new Date('2018-12-01T12:00:00Z');
    await writeCart(lab.shop, { email, time: summer, lines: [line] });
    expect((await lab.records()).get('1')).toMatchObject({ timeText: '2018-12-01 10:00:00', activityAt: summer });
    expect(localText(at, lab.shop.timeZone)).toBe('2025-03-01 09:00:00');
  });

  test("the cart's own total is kept when a recovery overwrites it with the order's", async () => {
    const lab = await open(carts, { cartColumns: { orderId: true, originalCartTotal: true } });
    const { sessionId } = await writeCart(lab.shop, { email, time: at, lines: [line] });
    expect((await lab.records()).get('1')).toMatchObject({ total: '179.90', orderExternalId: null });
    await completeCart(lab.shop, { sessionId, orderId: 77, orderTotalCents: 5000 });
    expect((await lab.records()).get('1')).toMatchObject({
      total: '179.90',
      orderExternalId: '77',
      pluginStatus: 'completed',
    });
  });

  test('the phone of a column comes first; without one the other fields have it', async () => {
    const spoki = await open(carts, { cartTable: 'spoki_abandonment', cartColumns: { phone: true } });
    await writeCart(spoki.shop, { email, phone: '(71) 98765-4321', time: at, lines: [line] });
    await spoki.sql(`update \`${spoki.shop.prefix}spoki_abandonment\` set phone = '71 3456-7890'`);
    expect((await spoki.records()).get('1')?.phones).toEqual(['71 3456-7890', '(71) 98765-4321']);
    await spoki.sql(`update \`${spoki.shop.prefix}spoki_abandonment\` set phone = ''`);
    expect((await spoki.records()).get('1')?.phones).toEqual([null, '(71) 98765-4321']);
  });

  test('a table of any name with nothing but the signature is read, and has no e-mails', async () => {
    const lab = await open(carts);
    const context = async () => ({ ...(await lab.context()), cartTable: 'carrinhos' });
    const table = `\`${lab.shop.prefix}carrinhos\``;
    await lab.sql(
      `create table ${table} (id bigint primary key auto_increment, email varchar(100), cart_contents longtext, cart_total decimal(10,2), order_status varchar(20), time datetime)`,
    );
    await lab.sql(
      `insert into ${table} (email, cart_contents, cart_total, order_status, time) values (?, 'a:0:{}', 10, 'abandoned', '2025-03-01 09:00:00')`,
      [email],
    );
    const { createReader } = await import('../fixtures/wordpress/stream-reader.ts');
    const shop = await context();
    const source = (await loadSources()).find(({ name }) => name === 'cart-abandonment')!;
    const [cartStream, emailStream] = source.streams;
    const { records } = await createReader(lab.gateway, shop).readAll(cartStream!);
    expect(records.get('1')).toMatchObject({
      email,
      sessionId: '1',
      total: '10.00',
      activityAt: at,
      isUnsubscribed: false,
    });
    expect(emailStream?.detect?.(shop)).toBe(false);
  });

  test('a broken blob costs the items, never the cart', async () => {
    const lab = await open(carts);
    const rawContents = 'a:2:{s:1:"a";a:2:{s:10:"product_id";i:51;s:8:"quantity";i:3;}s:1:"b";a:1:{s:10:"prod';
    await writeCart(lab.shop, { email, phone: '71 98765-4321', time: at, lines: [line], rawContents });
    expect((await lab.records()).get('1')).toMatchObject({
      email,
      phones: [null, '71 98765-4321'],
      total: '179.90',
      parseError: 'items_unreadable',
      items: [{ productId: '51', quantity: '3' }],
    });
  });

  test('names come from the variation, else the product; a product that is no more has none', async () => {
    const lab = await open(carts);
    const post = { status: 'publish', createdAt: at, modifiedAt: at };
    await insert(lab.shop, 'posts', [
      postRow(lab.shop, { id: 52, type: 'product_variation', title: 'Tênis - 37', ...post }),
      postRow(lab.shop, { id: 61, type: 'product', title: 'Meia', ...post }),
    ]);
    const lines = [line, { ...line, productId: 61, variationId: 62 }, { ...line, productId: 71, variationId: 0 }];
    await writeCart(lab.shop, { email, time: at, lines });
    expect((await lab.records()).get('1')?.items.map(({ name }) => name)).toEqual(['Tênis - 37', 'Meia', null]);
  });

  test('the state comes from the billing state, else from a location that names one; the city from the location', async () => {
    const lab = await open(carts);
    await writeCart(lab.shop, { email, city: 'Curitiba', state: 'PR', time: at, lines: [line] });
    await writeCart(lab.shop, { email: 'b@mail.example', city: 'São Paulo', time: at, lines: [line] });
    await writeCart(lab.shop, { email: 'c@mail.example', city: 'Paraná', time: at, lines: [line] });
    expect([...(await lab.records()).values()].map(({ city, state }) => [city, state])).toEqual([
      ['Curitiba', 'PR'],
      ['São Paulo', 'SP'],
      ['Paraná', null],
    ]);
  });

  test('an e-mail is scheduled, sent, or cancelled because the shopper bought', async () => {
    const lab = await open(emails);
    await insert(
      lab.shop,
      'cartflows_ca_email_templates',
      [1, 2, 3].map((id) => [id, '', '', '', 1, 30, 'MINUTE']),
    );
    const { sessionId } = await writeCart(lab.shop, { email, time: at, lines: [line] });
    await scheduleEmails(lab.shop, { sessionId, couponCode: 'volte10', at });
    const before = await lab.remember();
    expect((await lab.records()).get('1')).toMatchObject({
      sessionId,
      couponCode: 'volte10',
      state: 'scheduled',
      scheduledAt: new Date(at.getTime() + 1_800_000),
    });
    await sendEmail(lab.shop, 1);
    await completeCart(lab.shop, { sessionId });
    expect(await before.poll()).toEqual(['1', '2', '3']);
    expect([...(await lab.records()).values()].map(({ state }) => state)).toEqual(['sent', 'cancelled', 'cancelled']);
  });
});
