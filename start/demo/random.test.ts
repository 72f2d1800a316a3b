import { expect, test } from 'vitest';
import { Random } from './random.ts';

const draws = (random: Random) => Array.from({ length: 5 }, () => random.int(0, 1_000_000));

test('the same seed and part give the same numbers; another part gives others', () => {
  expect(draws(Random.of(7, 'carts'))).toEqual(draws(Random.of(7, 'carts')));
  expect(draws(Random.of(7, 'carts'))).not.toEqual(draws(Random.of(7, 'orders')));
  expect(draws(Random.of(7, 'carts'))).not.toEqual(draws(Random.of(8, 'carts')));
});

test('int reaches both of its bounds and nothing beyond', () => {
  const random = new Random(1);
  expect([...new Set(Array.from({ length: 200 }, () => random.int(1, 4)))].sort()).toEqual([1, 2, 3, 4]);
});

test('hex gives exactly as many digits as asked', () => {
  expect(new Random(3).hex(32)).toMatch(/^[0-9a-f]{32}$/);
});
