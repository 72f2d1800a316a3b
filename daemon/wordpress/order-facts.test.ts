import { describe, expect, test } from 'vitest';
import { addDecimals, readItems, readSharedMeta, refundAmount, requiredAmount } from './order-facts.ts';
import { UnreadableRowError } from './row-fields.ts';

const shared = (meta: Record<string, string>) => readSharedMeta(new Map(Object.entries(meta)));

describe('Brazilian Market fields', () => {
  test('a document is digits: of a company its CNPJ, of a person its CPF', () => {
    const both = { _billing_cpf: '123.456.789-09', _billing_cnpj: '12.345.678/0001-95' };
    expect(shared({ ...both, _billing_persontype: '2' })).toMatchObject({
      taxDocument: '12345678000195',
      personType: 'company',
    });
    expect(shared({ ...both, _billing_persontype: '1' })).toMatchObject({
      taxDocument: '12345678909',
      personType: 'individual',
    });
  });

  test('a shop that sells to companies only does not write the type', () => {
    expect(shared({ _billing_cnpj: '12.345.678/0001-95' })).toMatchObject({
      taxDocument: '12345678000195',
      personType: 'company',
    });
    expect(shared({})).toMatchObject({ taxDocument: null, personType: null });
  });

  test('the spelling without an underline is read too, the usual one first', () => {
    expect(shared({ billing_cellphone: '(71) 98765-4321' }).cellphone).toBe('(71) 98765-4321');
    expect(shared({ billing_cellphone: 'old', _billing_cellphone: 'new' }).cellphone).toBe('new');
    expect(shared({ billing_cellphone: 'old', _billing_cellphone: ' ' }).cellphone).toBe('old');
  });
});

test('an order is anonymized by its mark, and not by an empty or negative one', () => {
  expect(shared({ _anonymized: 'yes' }).isAnonymized).toBe(true);
  expect(shared({ _anonymized: 'no' }).isAnonymized).toBe(false);
  expect(shared({}).isAnonymized).toBe(false);
});

describe('items', () => {
  const item = (id: string, type: string, name: string) => ({
    order_item_id: id,
    order_item_type: type,
    order_item_name: name,
  });
  const meta = (itemId: string, id: number, key: string, value: string) => ({
    order_item_id: itemId,
    meta_id: id,
    meta_key: key,
    meta_value: value,
  });

  test('a line has its product, amounts and what the shopper chose, without what plugins put beside it', () => {
    const { items } = readItems({
      items: [item('10', 'line_item', 'Tênis')],
      itemMeta: [
        meta('10', 1, '_product_id', '51'),
        meta('10', 2, '_variation_id', '0'),
        meta('10', 3, '_qty', '2'),
        meta('10', 4, '_line_total', '179.90'),
        meta('10', 5, 'pa_tamanho', '37'),
        meta('10', 6, 'pa_n%c3%bamero', '38'),
        meta('10', 7, 'addon', 'a:1:{i:0;s:1:"x";}'),
        meta('10', 8, 'personalizado', '{"a":1}'),
        meta('10', 9, 'carta', 'x'.repeat(201)),
      ],
    });
    expect(items).toEqual([
      {
        externalId: '10',
        kind: 'line_item',
        name: 'Tênis',
        productId: '51',
        variationId: null,
        quantity: '2',
        subtotal: null,
        total: '179.9',
        totalTax: null,
        attributes: 'número: 38, tamanho: 37',
      },
    ]);
  });

  test('items come by id as a number, coupons apart and in lower case', () => {
    const { items, coupons } = readItems({
      items: [item('10', 'fee', 'Embalagem'), item('9', 'shipping', 'PAC'), item('11', 'coupon', ' VOLTE10 ')],
      itemMeta: [meta('9', 1, 'cost', '15.00'), meta('11', 2, 'discount_amount', '10')],
    });
    expect(items.map(({ externalId, total }) => [externalId, total])).toEqual([
      ['9', '15'],
      ['10', null],
    ]);
    expect(coupons).toEqual([{ externalId: '11', code: 'volte10', discount: '10' }]);
  });

  test('of a key written twice the lowest meta id counts', () => {
    const { items } = readItems({
      items: [item('1', 'line_item', 'x')],
      itemMeta: [meta('1', 12, '_qty', '5'), meta('1', 9, '_qty', '2')],
    });
    expect(items[0]?.quantity).toBe('2');
  });
});

describe('amounts', () => {
  test("a refund's amount has no sign, and comes from its own metadata where the total is missing", () => {
    expect(refundAmount('-50.00000000', undefined)).toBe('50');
    expect(refundAmount(null, '12.5')).toBe('12.5');
    expect(refundAmount('', undefined)).toBe('0');
  });

  test('a missing amount is 0, an unreadable one refuses the order', () => {
    expect(requiredAmount(undefined, 'total')).toBe('0');
    expect(requiredAmount('179.90', 'total')).toBe('179.9');
    expect(() => requiredAmount('R$ 179,90', 'total')).toThrow(UnreadableRowError);
    expect(() => requiredAmount('1e30', 'total')).toThrow(UnreadableRowError);
  });

  test('decimals are added exactly', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3');
    expect(addDecimals('-1.5', '0.25')).toBe('-1.25');
    expect(addDecimals('99999999999999.99999999', '0.00000001')).toBe('100000000000000');
  });
});
