import { expect, test } from 'vitest';
import { formatMoney, minorToDecimal, parseDecimal, toMinor } from './money.ts';

test.each([
  ['19.90000000', '19.9'],
  ['19.90', '19.9'],
  ['100', '100'],
  ['0', '0'],
  ['0.00', '0'],
  ['-0.00', '0'],
  ['007.5', '7.5'],
  ['.5', '0.5'],
  ['5.', '5'],
  [' 12.3 ', '12.3'],
  ['-3.25', '-3.25'],
  ['+3.25', '3.25'],
  ['0.123456785', '0.12345679'],
  ['-0.123456785', '-0.12345679'],
  ['1.0E-7', '0.0000001'],
  ['1.5E+3', '1500'],
  ['999999999999999999.99999999', '999999999999999999.99999999'],
  [0.1 + 0.2, '0.3'],
  [12n, '12'],
])('%s is the decimal %s', (text, decimal) => {
  expect(parseDecimal(text)).toBe(decimal);
});

test.each([
  [''],
  [' '],
  ['.'],
  ['-'],
  ['19,90'],
  ['1.2.3'],
  ['R$ 10'],
  ['1e'],
  ['1e999'],
  ['NaN'],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  ['1000000000000000000'],
  ['999999999999999999.999999995'],
  ['1e18'],
  ['9'.repeat(1000)],
  [null],
  [undefined],
])('%s is no amount that we can keep', (text) => {
  expect(parseDecimal(text)).toBeNull();
});

test.each([
  ['19.90', 1990n],
  ['1.005', 101n],
  ['1.0049999', 100n],
  ['-1.005', -101n],
  ['2.675', 268n],
  ['0.1', 10n],
  ['123456789012345678.99', 12345678901234567899n],
])('%s rounds half away from zero to %s', (decimal, minor) => {
  expect(toMinor(decimal)).toBe(minor);
});

test('minor units may have other digits, and what is no number throws', () => {
  expect(toMinor('19.5', 0)).toBe(20n);
  expect(toMinor('19.5', 3)).toBe(19500n);
  expect(() => toMinor('abc')).toThrow(RangeError);
});

test.each([
  [1990n, '19.90'],
  [0n, '0.00'],
  [5n, '0.05'],
  [-5n, '-0.05'],
  [-123456n, '-1234.56'],
])('%s is written with two decimals: %s', (minor, text) => {
  expect(minorToDecimal(minor)).toBe(text);
});

test('amounts are shown as Brazilians write them, to the last cent', () => {
  const shown = (minor: bigint, currency: string) => formatMoney(minor, currency).replace(/\u00a0/g, ' ');
  expect(shown(123450n, 'BRL')).toBe('R$ 1.234,50');
  expect(shown(-990n, 'BRL')).toBe('-R$ 9,90');
  expect(shown(123450n, 'USD')).toBe('US$ 1.234,50');
  expect(shown(9007199254740993n, 'BRL')).toBe('R$ 90.071.992.547.409,93');
  expect(shown(123450n, 'pontos')).toBe('pontos 1.234,50');
});
