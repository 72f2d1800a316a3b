import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

test('behind our own proxy the last forwarded address counts; from outside the header is only words', () => {
  expect(clientAddress('::ffff:127.0.0.1', '198.51.100.9, 203.0.113.7')).toBe('203.0.113.7');
  expect(clientAddress('172.18.0.2', '2001:db8::7')).toBe('2001:db8::7');
  expect(clientAddress('203.0.113.50', '198.51.100.9')).toBe('203.0.113.50');
  expect(clientAddress('::1', 'lixo')).toBe('::1');
  expect(clientAddress(undefined, '198.51.100.9')).toBe('unknown');
});
