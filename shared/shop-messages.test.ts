// Each code says one whole sentence and one remedy, with and without facts.
import { expect, test } from 'vitest';
import { findShopMessage, shopErrorCodes } from './shop-messages.ts';

test.each(shopErrorCodes)('%s has a sentence and a remedy that end, with or without facts', (code) => {
  const full = { host: 'db.loja.example', port: '3306', ip: '203.0.113.9', user: 'leitor', table: 'wp_posts' };
  for (const facts of [{}, full]) {
    const message = findShopMessage(code, facts);
    for (const text of [message?.sentence, message?.remedy]) {
      expect(text).toMatch(/^[A-ZÀ-Ú].*[.)]$/);
      expect(text).not.toMatch(/undefined| {2}|\( *\)/);
    }
  }
});

test('a blocked address is named, so that it can be allowed in the panel', () => {
  expect(findShopMessage('mysql_host_not_allowed', { ip: '203.0.113.9' })?.remedy).toBe(
    'Libere o IP 203.0.113.9 em “MySQL remoto” no painel da hospedagem.',
  );
  expect(findShopMessage('port_timeout', { publicIp: '203.0.113.7' })?.remedy).toContain('203.0.113.7');
});

test('an unknown code has no text', () => {
  expect(findShopMessage('toString')).toBeNull();
});
