import { expect, test } from 'vitest';
import { attributeText, pivotMeta, presentId, presentText, sortById, tableOf } from './row-fields.ts';

const meta = (id: string | number, key: string, value: string) => ({ meta_id: id, meta_key: key, meta_value: value });

test('keys that a collation takes for one are two, and of one key the lowest id counts, as a number', () => {
  const pivoted = pivotMeta([meta('10', 'Nome_3', 'b'), meta('9', 'Nome_3', 'a'), meta(1, 'nome_3', 'c')]);
  expect(pivoted).toEqual(
    new Map([
      ['Nome_3', 'a'],
      ['nome_3', 'c'],
    ]),
  );
});

test('a text keeps its mask and its blanks; only blanks are no text', () => {
  expect(presentText(' (11) 9 ')).toBe(' (11) 9 ');
  expect(presentText(' \t')).toBeNull();
});

test('text that was stored as latin1 is repaired', () => {
  expect(presentText('SÃ£o Paulo')).toBe('São Paulo');
  expect(presentText('São Paulo')).toBe('São Paulo');
});

test('0 is no id, and neither is text or what no bigint holds', () => {
  expect(['7', '007', '0', '', null, '-1', 'x', '9'.repeat(19)].map(presentId)).toEqual([
    '7',
    '7',
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('attribute names lose their prefixes and percent-encoding; a lone percent sign stays', () => {
  expect(attributeText('attribute_pa_n%c3%bamero', '37')).toBe('número: 37');
  expect(attributeText('desconto', '10%25 ou 100%')).toBe('desconto: 10%25 ou 100%');
});

test('rows are sorted by id as numbers', () => {
  expect(sortById([{ id: '10' }, { id: '9' }, { id: 8 }], 'id')).toEqual([{ id: 8 }, { id: '9' }, { id: '10' }]);
});

test('a table name cannot end its quotes', () => {
  expect(tableOf({ prefix: 'wp_' }, 'a`b')).toBe('`wp_a``b`');
});
