// The expected texts are PHP's own output for the same values.
import { expect, test } from 'vitest';
import { PhpFloat, PhpObject, phpSerialize } from './php-serialize.ts';

test('lengths count bytes, not characters', () => {
  expect(phpSerialize('Sandália 👟')).toBe('s:14:"Sandália 👟";');
});

test('a product object carries its protected id with NULs that count', () => {
  expect(phpSerialize(new PhpObject('WC_Product_Simple', { id: 41 }))).toBe(
    'O:17:"WC_Product_Simple":1:{s:5:"\0*\0id";i:41;}',
  );
});

test('whole floats stay floats, and large ones use the exponent of PHP', () => {
  expect(phpSerialize([new PhpFloat(10), 0.1, new PhpFloat(1e25), new PhpFloat(Number.NEGATIVE_INFINITY)])).toBe(
    'a:4:{i:0;d:10;i:1;d:0.1;i:2;d:1.0E+25;i:3;d:-INF;}',
  );
});

test('integer-like keys are integers, others are text', () => {
  expect(phpSerialize({ b: null, '7': true, '07': 'x', a: -5 })).toBe(
    'a:4:{i:7;b:1;s:1:"b";N;s:2:"07";s:1:"x";s:1:"a";i:-5;}',
  );
});
