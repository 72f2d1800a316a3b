import { expect, test } from 'vitest';
import { isAnonymizedEmail, maskEmail, normalizeEmail } from './email.ts';

test.each([
  ['Maria@Loja.example', 'maria@loja.example'],
  ['  maria@loja.example \n', 'maria@loja.example'],
  ['mailto:maria@loja.example', 'maria@loja.example'],
  ['<maria@loja.example>', 'maria@loja.example'],
  ['<MAILTO:maria@loja.example>.', 'maria@loja.example'],
  ['maria@loja.example,', 'maria@loja.example'],
  ['maria@loja.example;.', 'maria@loja.example'],
  ['ｍａｒｉａ＠ｌｏｊａ．ｅｘａｍｐｌｅ', 'maria@loja.example'],
  ['josé@açaí.example', 'josé@açaí.example'],
])('%j is the key %s', (typed, key) => {
  expect(normalizeEmail(typed)).toBe(key);
});

test('dots, tags and typos are kept: equal means exactly equal', () => {
  expect(normalizeEmail('ma.ria+sapatos@gmial.com')).toBe('ma.ria+sapatos@gmial.com');
});

test.each([
  [null],
  [undefined],
  [''],
  ['maria'],
  ['maria@'],
  ['maria@loja'],
  ['maria@loja.e'],
  ['@loja.example'],
  ['maria silva@loja.example'],
  ['maria@@loja.example'],
  [`${'a'.repeat(400)}@loja.example`],
  [`a@${'b.'.repeat(100_000)}`],
])('%j is no e-mail', (typed) => {
  expect(normalizeEmail(typed)).toBeNull();
});

test('an e-mail that WooCommerce erased is recognised', () => {
  expect(isAnonymizedEmail('Deleted@site.invalid')).toBe(true);
  expect(isAnonymizedEmail('deleted@loja.example')).toBe(false);
  expect(isAnonymizedEmail(null)).toBe(false);
});

test('a masked e-mail keeps two letters and the ending', () => {
  expect(maskEmail('maria@gmail.com')).toBe('m***@g***.com');
  expect(maskEmail('j@loja.com.br')).toBe('j***@l***.br');
  expect(maskEmail('semarroba')).toBe('***');
});
