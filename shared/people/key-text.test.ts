import { expect, test } from 'vitest';
import { parseKey, parseKeyOrDomain } from './key-text.ts';

test.each<[string, string | null]>([
  ['Maria@Example.com', 'e:maria@example.com'],
  ['e:maria@example.com', 'e:maria@example.com'],
  ['(11) 98765-4321', 'p:+5511987654321'],
  ['98765-4321', 'p:+5571987654321'],
  ['p:+5511987654321', 'p:+5511987654321'],
  ['(11) 99999-9999', null],
  ['deleted@site.invalid', null],
  ['p:maria@example.com', null],
  ['maria', null],
  ['', null],
])('a key written as %j is %j', (text, key) => {
  expect(parseKey(text, { areaCode: '71' })).toBe(key);
});

test.each<[string, string | null]>([
  ['example.com', 'd:example.com'],
  ['@Example.com', 'd:example.com'],
  ['d:example.com', 'd:example.com'],
  ['maria@example.com', 'e:maria@example.com'],
  ['11.98765.4321', 'p:+5511987654321'],
  ['com', null],
])('%j, perhaps a domain, is %j', (text, key) => {
  expect(parseKeyOrDomain(text, { areaCode: null })).toBe(key);
});
