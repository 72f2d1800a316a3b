import { expect, test } from 'vitest';
import { areaCodesByState, findState, isAreaCode } from './area-codes.ts';

test('there are 67 area codes in 27 states, each in one state', () => {
  const all = Object.values(areaCodesByState).flat();
  expect(Object.keys(areaCodesByState)).toHaveLength(27);
  expect(all).toHaveLength(67);
  expect(new Set(all).size).toBe(67);
  expect(
    ['20', '23', '25', '26', '29', '30', '36', '39', '40', '50', '52', '56', '70', '72', '76', '78', '80', '90'].some(
      isAreaCode,
    ),
  ).toBe(false);
});

test('eleven states have a single area code', () => {
  const single = Object.entries(areaCodesByState).filter(([, codes]) => codes.length === 1);
  expect(single.map(([state]) => state).sort()).toEqual([
    'AC',
    'AL',
    'AP',
    'DF',
    'MS',
    'PB',
    'RN',
    'RO',
    'RR',
    'SE',
    'TO',
  ]);
});

test.each([
  ['SP', 'SP'],
  [' sp ', 'SP'],
  ['BR-DF', 'DF'],
  ['BR:RS', 'RS'],
  ['São Paulo', 'SP'],
  ['RIO GRANDE DO SUL', 'RS'],
  ['Para', 'PA'],
  ['BR, São Paulo', 'SP'],
  ['Brasil, Brasília', 'DF'],
  ['BR, SE', 'SE'],
])('%s names the state %s', (text, state) => {
  expect(findState(text)).toBe(state);
});

test.each([['BR, Tocantins'], ['BR, Campinas'], ['US, New York'], ['Lisboa'], ['constructor'], ['BR'], ['']])(
  '%s names no state',
  (text) => {
    expect(findState(text)).toBeNull();
  },
);
