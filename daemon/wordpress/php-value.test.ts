import { expect, test } from 'vitest';
import { unserialize } from './php-unserialize.ts';
import { isPhpObject, phpGet, phpNumber, phpString, scanProductIds } from './php-value.ts';

test('a field is found in arrays and objects, under a number or its text', () => {
  const value = unserialize('a:3:{i:5;s:1:"a";s:2:"07";s:1:"b";s:4:"data";O:1:"A":1:{s:5:"\0*\0id";i:78;}}');
  expect(phpGet(value, 5)).toBe('a');
  expect(phpGet(value, '5')).toBe('a');
  expect(phpGet(value, '07')).toBe('b');
  expect(phpGet(value, 7)).toBeNull();
  expect(phpGet(phpGet(value, 'data'), 'id')).toBe(78);
  expect(phpGet(phpGet(value, 'missing'), 'id')).toBeNull();
  expect(phpGet('text', 'length')).toBeNull();
  expect(phpGet(unserialize('a:0:{}'), 'size')).toBeNull();
  expect(isPhpObject(phpGet(value, 'data'))).toBe(true);
  expect(isPhpObject(value)).toBe(false);
});

test('text is what PHP would print', () => {
  expect([phpString('a'), phpString(5), phpString(5n), phpString(1.5), phpString(true)]).toEqual([
    'a',
    '5',
    '5',
    '1.5',
    '1',
  ]);
  expect([phpString(null), phpString(false), phpString(new Map())]).toEqual([null, null, null]);
});

test('a number may come as text, and nothing else is one', () => {
  expect([phpNumber(2), phpNumber('2'), phpNumber(' 1.5 '), phpNumber('1e3'), phpNumber(7n)]).toEqual([
    2, 2, 1.5, 1000, 7,
  ]);
  for (const value of [null, true, '', 'x', '0x10', '2 pares', Number.NaN, Number.POSITIVE_INFINITY, new Map()]) {
    expect(phpNumber(value)).toBeNull();
  }
});

test('items are found in cart contents that were cut off', () => {
  const cut =
    'a:3:{s:1:"k";a:9:{s:3:"key";s:1:"k";s:10:"product_id";i:77;s:12:"variation_id";i:78;s:8:"quantity";d:2;}' +
    's:1:"l";a:9:{s:10:"product_id";s:2:"79";s:12:"variation_id";i:0;s:8:"quantity";i:1;s:4:"data";O:17:"WC_Pro' +
    's:10:"product_id";i:80;s:12:"vari';
  const items = [
    { productId: '77', variationId: '78', quantity: 2 },
    { productId: '79', variationId: null, quantity: 1 },
    { productId: '80', variationId: null, quantity: null },
  ];
  expect(scanProductIds(cut)).toEqual(items);
  expect(scanProductIds(Buffer.from(cut))).toEqual(items);
  expect(scanProductIds('a:1:{s:10:"product_id";i:7')).toEqual([]);
});
