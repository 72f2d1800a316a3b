// The traps of WooCommerce's two order storages, each with rows that show it. What holds for both is run on both.
import { afterEach, describe, expect, test } from 'vitest';
import type { Gateway } from '../../daemon/connections/gateway.ts';
import type { Params } from '../../daemon/connections/statement.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import { fetchAll } from '../../daemon/sync/page-reader.ts';
import {
  changeOrderStatus,
  editOrder,
  payOrder,
  placeOrder,
  refundOrder,
  trashOrder,
} from '../../start/demo/order-writer.ts';
import { insert, localText } from '../../start/demo/shop.ts';
import { type Lab, openLab } from '../fixtures/wordpress/lab.ts';
import { orderInput as input } from '../fixtures/wordpress/order-rows.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Storage = 'hpos' | 'legacy';

async function open(orderStorage: Storage): Promise<Lab<'order'>> {
  const what = { source: `woocommerce-${orderStorage}`, stream: 'orders', target: 'order' } as const;
  const lab = await openLab(what, { orderStorage });
  closing.push(lab.close);
  return lab;
}

const table = (lab: Lab<'order'>, name: string) => `\`${lab.shop.prefix}${name}\``;
const later = new Date('2025-03-02T12:00:00Z');

describe.each<Storage>(['hpos', 'legacy'])('orders in %s', (storage) => {
  const [orderTable, idColumn, statusColumn, dateColumn] =
    storage === 'hpos'
      ? (['wc_orders', 'id', 'status', 'date_updated_gmt'] as const)
      : (['posts', 'ID', 'post_status', 'post_modified_gmt'] as const);

  const found = async (seen: { poll(): Promise<string[]>; digest(): Promise<string[]> }) => [
    ...new Set([...(await seen.poll()), ...(await seen.digest())]),
  ];

  test('an order is whole: amounts, people, Brazilian fields, items, coupon, attribution', async () => {
    const lab = await open(storage);
    const id = String(await placeOrder(lab.shop, input));
    const record = (await lab.records()).get(id);
    expect(record).toMatchObject({
      wcStatus: 'processing',
      currency: 'BRL',
      email: 'Joao@Mail.example',
      phone: '(11) 98765-4321',
      cellphone: '(11) 98765-4321',
      addressNumber: '100',
      district: 'Centro',
      taxDocument: '12345678909',
      personType: 'individual',
      createdVia: 'checkout',
      utmSource: 'instagram',
      customerExternalId: null,
      isAnonymized: false,
      createdAt: input.createdAt,
      paidAt: input.paidAt,
      completedAt: null,
      coupons: [{ code: 'volte10', discount: '10' }],
      refunds: [],
    });
    expect([record?.total, record?.shippingTotal, record?.discountTotal, record?.taxTotal].map(Number)).toEqual([
      364.8, 15, 10, 0,
    ]);
    expect(record?.items.map(({ kind, total }) => [kind, total])).toEqual([
      ['line_item', '349.8'],
      ['shipping', '15'],
    ]);
  });

  test('an order seen before its items were written is read again by the next poll', async () => {
    const lab = await open(storage);
    let itemsThen = -1;
    let seen: Awaited<ReturnType<typeof lab.remember>> | undefined;
    const id = await placeOrder(lab.shop, input, {
      beforeItems: async () => {
        seen = await lab.remember();
        itemsThen = [...(await lab.records()).values()][0]!.items.length;
      },
    });
    expect(itemsThen).toBe(0);
    expect(await seen?.poll()).toContain(String(id));
    expect((await lab.records()).get(String(id))?.items).toHaveLength(2);
  });

  test("a refund is found as a row of its own when its order's date did not move", async () => {
    const lab = await open(storage);
    const id = await placeOrder(lab.shop, input);
    const other = await placeOrder(lab.shop, { ...input, createdAt: later });
    const seen = await lab.remember();
    const [row] = (await lab.shop.conn.query(
      `select ${dateColumn} as at from ${table(lab, orderTable)} where ${idColumn} = ${id}`,
    )) as unknown as [{ at: Date }[]];
    const refund = await refundOrder(lab.shop, { id, cents: 5000, at: later, reason: 'Troca' });
    await lab.sql(`update ${table(lab, orderTable)} set ${dateColumn} = ? where ${idColumn} = ${id}`, [
      row[0]!.at.toISOString().slice(0, 19).replace('T', ' '),
    ]);
    expect(await seen.poll()).toContain(String(id));
    expect((await lab.records()).get(String(id))?.refunds).toEqual([
      { externalId: String(refund), amount: '50', reason: 'Troca', refundedAt: later },
    ]);
    expect((await lab.records()).get(String(other))?.refunds).toEqual([]);
  });

  test('a refund that is deleted leaves no date: the digest finds its order', async () => {
    const lab = await open(storage);
    const id = await placeOrder(lab.shop, input);
    const refund = await refundOrder(lab.shop, { id, cents: 5000, at: later });
    const seen = await lab.remember();
    await lab.sql(`delete from ${table(lab, orderTable)} where ${idColumn} = ${refund}`);
    expect(await seen.digest()).toEqual([String(id)]);
  });

  test('a status written straight into the table, without a date, is found by the digest', async () => {
    const lab = await open(storage);
    const id = await placeOrder(lab.shop, input);
    const seen = await lab.remember();
    await lab.sql(`update ${table(lab, orderTable)} set ${statusColumn} = 'wc-enviado' where ${idColumn} = ${id}`);
    expect(await seen.digest()).toEqual([String(id)]);
    expect((await lab.records()).get(String(id))?.wcStatus).toBe('enviado');
  });

  test('trash is a status, drafts are no orders, other types are not read', async () => {
    const lab = await open(storage);
    const id = await placeOrder(lab.shop, input);
    await placeOrder(lab.shop, { ...input, status: 'wc-checkout-draft' });
    const subscription = await placeOrder(lab.shop, input);
    const typeColumn = storage === 'hpos' ? 'type' : 'post_type';
    await lab.sql(
      `update ${table(lab, orderTable)} set ${typeColumn} = 'shop_subscription' where ${idColumn} = ${subscription}`,
    );
    const seen = await lab.remember();
    await trashOrder(lab.shop, { id, at: later });
    expect(await found(seen)).toContain(String(id));
    expect([...(await lab.records())].map(([key, { wcStatus }]) => [key, wcStatus])).toEqual([[String(id), 'trash']]);
  });

  test('a row dated in the far future does not carry the cursor over later changes', async () => {
    const lab = await open(storage);
    const future = await placeOrder(lab.shop, {
      ...input,
      createdAt: later,
      updatedAt: new Date('2125-01-01T00:00:00Z'),
    });
    const id = await placeOrder(lab.shop, input);
    const seen = await lab.remember();
    expect([...(await lab.records()).keys()]).toContain(String(future));
    await changeOrderStatus(lab.shop, { id, status: 'wc-completed', at: new Date() });
    await lab.sql(`delete from ${table(lab, 'comments')}`);
    expect(await seen.poll()).toContain(String(id));
  });

  test('a change in the second of the last row read, by a lower id, is not lost', async () => {
    const lab = await open(storage);
    const first = await placeOrder(lab.shop, input);
    await placeOrder(lab.shop, { ...input, updatedAt: later });
    const seen = await lab.remember();
    await changeOrderStatus(lab.shop, { id: first, status: 'wc-completed', at: later });
    await lab.sql(`delete from ${table(lab, 'comments')}`);
    expect(await seen.poll()).toContain(String(first));
  });

  test('an anonymized order says so, and a renewal tells by how it was made', async () => {
    const lab = await open(storage);
    const erased = await placeOrder(lab.shop, {
      ...input,
      billing: { email: 'deleted@site.invalid', firstName: '[deleted]', phone: '' },
      meta: { _anonymized: 'yes' },
    });
    const renewal = await placeOrder(lab.shop, { ...input, createdVia: 'subscription' });
    const records = await lab.records();
    expect(records.get(String(erased))).toMatchObject({
      isAnonymized: true,
      phone: null,
      email: 'deleted@site.invalid',
    });
    expect(records.get(String(renewal))).toMatchObject({ isAnonymized: false, createdVia: 'subscription' });
  });

  test('keys are compared byte by byte, and of one written twice the first counts', async () => {
    const lab = await open(storage);
    const { cpf: _, ...brazil } = input.brazil;
    const id = await placeOrder(lab.shop, { ...input, brazil, meta: { _BILLING_CPF: '999', _billing_cpf: '111' } });
    const meta = storage === 'hpos' ? 'wc_orders_meta' : 'postmeta';
    await insert(lab.shop, meta, [[id, '_billing_cpf', '222']]);
    expect((await lab.records()).get(String(id))?.taxDocument).toBe('111');
  });

  test('detection follows the shop: when its storage switches, only the other source is there', async () => {
    const lab = await open(storage);
    const detected = async () => {
      const context = await lab.context();
      return (await loadSources())
        .filter((source) => source.name.startsWith('woocommerce') && source.detect(context))
        .map(({ name }) => name);
    };
    expect(await detected()).toEqual([`woocommerce-${storage}`]);
    if (storage === 'legacy') return;
    await lab.sql(
      `update ${table(lab, 'options')} set option_value = 'no' where option_name = 'woocommerce_custom_orders_table_enabled'`,
    );
    expect(await detected()).toEqual(['woocommerce-legacy']);
  });
});

describe('HPOS', () => {
  test('stale and placeholder rows of posts are not orders', async () => {
    const lab = await open('hpos');
    const id = await placeOrder(lab.shop, input);
    await lab.sql(`update ${table(lab, 'posts')} set post_type = 'shop_order', post_status = 'wc-cancelled'`);
    expect((await lab.records()).get(String(id))?.wcStatus).toBe('processing');
  });

  test('ids beyond 2^53 keep their digits', async () => {
    const lab = await open('hpos');
    const id = '900719925474099321';
    await lab.sql(
      `insert into ${table(lab, 'wc_orders')} (id, status, type, total_amount, date_created_gmt, date_updated_gmt) values (${id}, 'wc-pending', 'shop_order', 1, '2025-03-01 12:00:00', '2025-03-01 12:00:00')`,
    );
    expect([...(await lab.records()).keys()]).toEqual([id]);
  });
});

describe('legacy posts', () => {
  test('a field edited alone moves no date: an added key is found by its own id', async () => {
    const lab = await open('legacy');
    const { cellphone: _, ...brazil } = input.brazil;
    const id = await placeOrder(lab.shop, { ...input, brazil });
    await placeOrder(lab.shop, { ...input, createdAt: later });
    const seen = await lab.remember();
    await editOrder(lab.shop, { id, at: new Date(), cellphone: '71 98765-4321', movesDate: false });
    expect(await seen.poll()).toContain(String(id));
  });

  test('an imported order with a past date is a new id', async () => {
    const lab = await open('legacy');
    await placeOrder(lab.shop, { ...input, createdAt: later });
    const seen = await lab.remember();
    const past = new Date('2020-01-01T12:00:00Z');
    const id = await placeOrder(lab.shop, { ...input, createdAt: past, updatedAt: past });
    expect(await seen.poll()).toContain(String(id));
    expect((await lab.records()).get(String(id))?.createdAt).toEqual(past);
  });

  test('the status of an order older than the newest 20,000 ids is found by its note', async () => {
    const lab = await open('legacy');
    const id = await placeOrder(lab.shop, input);
    const post = { post_content: '', post_excerpt: '', to_ping: '', pinged: '', post_content_filtered: '' };
    const columns = Object.keys(post).join(', ');
    await lab.sql(
      `insert into ${table(lab, 'posts')} (ID, post_title, post_type, ${columns}) values (50000, '', 'page', '', '', '', '', '')`,
    );
    const seen = await lab.remember();
    await changeOrderStatus(lab.shop, { id, status: 'wc-cancelled', at: new Date() });
    expect(await seen.poll()).toContain(String(id));
    await lab.sql(`delete from ${table(lab, 'comments')}`);
    expect(await seen.digest()).toEqual([String(id)]);
  });

  test('a shop without the table of comments is read all the same', async () => {
    const lab = await open('legacy');
    const id = await placeOrder(lab.shop, input);
    await lab.sql(`drop table ${table(lab, 'comments')}`);
    expect([...(await lab.records()).keys()]).toEqual([String(id)]);
    const reader = await lab.reader();
    expect(reader.scansOf(lab.stream).map(({ name }) => name)).toEqual(['new', 'metas', 'modified', 'modified-longer']);
  });

  test('a payment is an epoch; older orders have only the local text, at the offset of its date', async () => {
    const lab = await open('legacy');
    const summer = new Date('2018-12-01T12:00:00Z');
    const id = await placeOrder(lab.shop, { ...input, paidAt: null, status: 'wc-pending', createdAt: summer });
    await payOrder(lab.shop, { id, at: summer });
    expect((await lab.records()).get(String(id))?.paidAt).toEqual(summer);
    expect(localText(summer, lab.shop.timeZone)).toBe('2018-12-01 10:00:00');
    await lab.sql(`delete from ${table(lab, 'postmeta')} where meta_key = '_date_paid'`);
    expect((await lab.records()).get(String(id))?.paidAt).toEqual(summer);
    await lab.sql(`update ${table(lab, 'postmeta')} set meta_value = '' where meta_key = '_paid_date'`);
    expect((await lab.records()).get(String(id))?.paidAt).toBeNull();
  });

  test("a zero date in UTC is no date: the shop's local one counts, and both zero are none", async () => {
    const lab = await open('legacy');
    const id = await placeOrder(lab.shop, input);
    await lab.sql(`update ${table(lab, 'posts')} set post_date_gmt = '0000-00-00 00:00:00' where ID = ${id}`);
    expect((await lab.records()).get(String(id))).toMatchObject({
      createdAt: input.createdAt,
      createdText: '2025-03-01 09:00:00',
    });
    await lab.sql(`update ${table(lab, 'posts')} set post_date = '0000-00-00 00:00:00' where ID = ${id}`);
    expect((await lab.records()).get(String(id))?.createdAt).toBeNull();
  });

  test('a total that is no number is refused, and the other orders land', async () => {
    const lab = await open('legacy');
    const broken = await placeOrder(lab.shop, input);
    const fine = await placeOrder(lab.shop, input);
    await lab.sql(
      `update ${table(lab, 'postmeta')} set meta_value = 'R$ 10,00' where post_id = ${broken} and meta_key = '_order_total'`,
    );
    expect([...(await lab.records()).keys()]).toEqual([String(fine)]);
  });

  test('metadata of many orders is walked where it lies: the same rows as by look-ups, of nobody else, from two indexes', async () => {
    const lab = await open('legacy');
    const ids: string[] = [];
    for (let at = 0; at < 60; at++) ids.push(String(await placeOrder(lab.shop, input)));
    const meta = table(lab, 'postmeta');
    const shop = await lab.context();
    const fetch = lab.stream.fetch.find(({ name }) => name === 'meta')!;
    const { spans: _, ...byLookUp } = fetch;
    const read = async (one: typeof fetch) => {
      const asked: string[] = [];
      const query = async (sql: string, params: Params) => {
        asked.push(sql);
        return await lab.gateway.query(sql, params);
      };
      const gateway = { ...lab.gateway, query } as Gateway;
      const { rowsOf } = await fetchAll({ gateway, shop, stream: { fetch: [one] } }, ids);
      const rows = ids.flatMap((id) => rowsOf(id).meta!.map((row) => JSON.stringify(row)));
      return { rows: rows.sort(), asked };
    };
    const explain = async (sql: string, params: Params) => {
      const [plan] = await lab.gateway.query<{ type: string; key: string; Extra: string }>(`explain ${sql}`, params);
      return plan!;
    };
    const same = async () => {
      const walked = await read(fetch);
      expect(walked.rows).toEqual((await read(byLookUp)).rows);
      expect(walked.rows.length).toBeGreaterThan(600);
      return walked.asked;
    };

    const [count, walk, ...more] = await same();
    expect(more).toEqual([]);
    expect(walk).not.toContain(':ids');
    expect(await explain(count!, { first_id: ids[0], last_id: ids.at(-1) })).toMatchObject({
      type: 'range',
      key: 'post_id',
      Extra: expect.stringContaining('Using index'),
    });
    expect(await explain(walk!, { ids })).toMatchObject({ type: 'range', key: 'PRIMARY' });

    // another plugin's posts among them, and metadata that came years later
    await lab.sql(`update ${meta} set post_id = 9999999 where post_id % 3 = 0 and meta_key not like '\\_billing%'`);
    await lab.sql(`update ${meta} set meta_id = meta_id + 5000000 where post_id = ? and meta_key = '_order_total'`, [
      ids[7]!,
    ]);
    expect((await same())[1]).toContain('post_id in (:ids)');
    await lab.sql(`update ${meta} set meta_id = meta_id * 1000 order by meta_id desc`);
    expect((await same())[1]).toBe(fetch.sql(shop));
  });
});
