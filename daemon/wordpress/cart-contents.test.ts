import { describe, expect, test } from 'vitest';
import { type PhpValue, phpSerialize } from '../../start/demo/php-serialize.ts';
import { productIdsIn, readCartContents, readOtherFields } from './cart-contents.ts';

const item = (change: { [key: string]: PhpValue } = {}) => ({
  product_id: 51,
  variation_id: 52,
  variation: { attribute_pa_tamanho: '37', attribute_cor: 'Azul-marinho' },
  quantity: 2,
  line_total: 359.8,
  ...change,
});

describe('cart contents', () => {
  test('an item has its ids, chosen attributes, quantity and line total', () => {
    expect(readCartContents(phpSerialize({ abc: item() }))).toEqual({
      items: [
        {
          productId: '51',
          variationId: '52',
          attributes: 'tamanho: 37, cor: Azul-marinho',
          quantity: '2',
          lineTotal: '359.8',
          isBundleChild: false,
        },
      ],
      error: null,
    });
  });

  test('the children of a bundle are told from it', () => {
    const contents = readCartContents(phpSerialize({ abc: item(), def: item({ bundled_by: 'abc' }) }));
    expect(contents.items.map(({ isBundleChild }) => isBundleChild)).toEqual([false, true]);
  });

  test('a blob that was serialized twice is read', () => {
    expect(readCartContents(phpSerialize(phpSerialize({ abc: item() }))).items).toHaveLength(1);
  });

  test('a blob from a latin1 column is repaired first: its lengths are bytes of the original', () => {
    const blob = phpSerialize({ abc: item({ variation: { attribute_cor: 'Maçã' } }) });
    const misread = Buffer.from(blob, 'utf8').toString('latin1');
    expect(readCartContents(misread)).toEqual(readCartContents(blob));
  });

  test('lengths spoilt by a search-and-replace are tolerated', () => {
    const blob = phpSerialize({ abc: item({ url: 'https://antiga.example' }) });
    const replaced = blob.replace('antiga.example', 'nova.example');
    expect(readCartContents(replaced)).toMatchObject({ error: null, items: [{ productId: '51' }] });
  });

  test('a blob cut off gives what a search for product ids finds, and says so', () => {
    const blob = phpSerialize({ abc: item(), def: item({ product_id: 61 }) });
    const cut = blob.slice(0, blob.indexOf('i:61') + 5);
    expect(readCartContents(cut)).toMatchObject({
      error: 'items_unreadable',
      items: [{ productId: '51', variationId: '52', quantity: '2', lineTotal: null }, { productId: '61' }],
    });
  });

  test('what is no cart at all has no items, and says so', () => {
    for (const blob of ['b:0;', 's:3:"abc";', '<html>', 'a:99999999:{']) {
      expect(readCartContents(blob), blob).toEqual({ items: [], error: 'items_unreadable' });
    }
    for (const blob of [null, '', 'a:0:{}']) expect(readCartContents(blob)).toEqual({ items: [], error: null });
  });

  test('an item that our columns cannot hold costs itself and not the cart', () => {
    const contents = readCartContents(phpSerialize({ abc: item(), def: item({ quantity: '9e99' }), __proto: 'x' }));
    expect(contents).toMatchObject({ error: 'items_unreadable', items: [{ productId: '51' }] });
    expect(readCartContents(phpSerialize({ abc: item({ line_total: '1e40' }) })).items[0]?.lineTotal).toBeNull();
  });
});

test('the product ids of a blob are found without reading it, variations too, 0 is none', () => {
  expect(productIdsIn(phpSerialize({ a: item(), b: item({ product_id: 61, variation_id: 0 }) }))).toEqual([
    '51',
    '52',
    '61',
  ]);
  expect(productIdsIn(null)).toEqual([]);
});

test('the other fields are a flat map of texts; unreadable ones are told from none', () => {
  expect(readOtherFields(phpSerialize({ wcf_first_name: 'Ána', n: 1, list: ['x'] })).values).toEqual(
    new Map([
      ['wcf_first_name', 'Ána'],
      ['n', '1'],
    ]),
  );
  expect(readOtherFields(null).values?.size).toBe(0);
  expect(readOtherFields('rubbish').values).toBeNull();
});
