// The link that carries a contact's code.
import { expect, test } from 'vitest';
import { newContactCode, withContactCode } from './code.ts';

const utm = 'utm_source=whatsapp&utm_medium=recuperacao&utm_content=abc123def4';

test.each([
  ['https://loja.example.com', `https://loja.example.com?${utm}`],
  ['https://loja.example.com/', `https://loja.example.com/?${utm}`],
  ['https://loja.example.com/?page_id=7', `https://loja.example.com/?page_id=7&${utm}`],
  ['https://loja.example.com/?', `https://loja.example.com/?${utm}`],
  // The plugin's token is base64 with its = and +, percent-encoded or not: not one character of it may change.
  [
    'https://loja.example.com/?page_id=7&wcf_ac_token=d2NmX3Nlc3Npb249YQ%3D%3D+x=',
    `https://loja.example.com/?page_id=7&wcf_ac_token=d2NmX3Nlc3Npb249YQ%3D%3D+x=&${utm}`,
  ],
  ['https://loja.example.com/p?a=1#topo', `https://loja.example.com/p?a=1&${utm}#topo`],
  ['https://loja.example.com/p#a?b#c', `https://loja.example.com/p?${utm}#a?b#c`],
  [
    'https://loja.example.com/p?utm_source=ig&utm_campaign=maio&utm_content=x',
    `https://loja.example.com/p?utm_campaign=maio&${utm}`,
  ],
  ['https://loja.example.com/p?q=a?b', `https://loja.example.com/p?q=a?b&${utm}`],
])('%s', (url, expected) => {
  expect(withContactCode(url, 'abc123def4')).toBe(expected);
  expect(new URL(expected).searchParams.get('utm_content')).toBe('abc123def4');
});

test('what is no address is refused', () => {
  expect(() => withContactCode('/carrinho', 'abc123def4')).toThrow(TypeError);
});

test('codes are ten characters and differ', () => {
  const codes = Array.from({ length: 1000 }, newContactCode);
  expect(codes.every((code) => /^[a-z0-9]{10}$/.test(code))).toBe(true);
  expect(new Set(codes).size).toBe(1000);
});
