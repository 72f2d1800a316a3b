// TLS to a shop's database: verified by default, by a CA of one's own, by one pinned certificate; plain by choice only.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ca, type ShopLab, startShopLab, tlsFile } from '../support/shop-lab.ts';

const fingerprint256 = new X509Certificate(readFileSync(tlsFile('server.pem'))).fingerprint256;

let secure: ShopLab;
let misnamed: ShopLab;
beforeAll(async () => {
  secure = await startShopLab({ certificate: 'server' });
  misnamed = await startShopLab({ certificate: 'other' });
  for (const lab of [secure, misnamed]) await lab.admin.query(`alter user leitor@'%' require ssl`);
});
afterAll(async () => {
  await secure?.stop();
  await misnamed?.stop();
});

test.each([
  ['our CA', { mode: 'ca' as const, ca }],
  ['the pinned certificate', { mode: 'pinned' as const, fingerprint256 }],
  [
    'the pinned certificate, written without colons',
    { mode: 'pinned' as const, fingerprint256: fingerprint256.replaceAll(':', '').toLowerCase() },
  ],
])('is used with %s', async (_, tls) => {
  const { gateway } = await secure.open({ tls });
  const [row] = await gateway.query<{ Value: string }>("show status like 'Ssl_cipher'");
  expect(row?.Value).toMatch(/\w+/);
});

test('by default refuses a certificate of no known authority, and says which it was', async () => {
  const error = await secure.failure({ tls: { mode: 'verify' } });
  expect(error).toMatchObject({ code: 'tls_untrusted', facts: { fingerprint: fingerprint256 } });
});

test('refuses another certificate than the pinned one', async () => {
  const error = await misnamed.failure({ tls: { mode: 'pinned', fingerprint256 } });
  expect(error.code).toBe('tls_certificate_changed');
  expect((await secure.failure({ tls: { mode: 'pinned' } })).code).toBe('tls_certificate_changed');
});

test('refuses a certificate of our CA for another name', async () => {
  expect((await misnamed.failure({ tls: { mode: 'ca', ca } })).code).toBe('tls_wrong_host');
});

test('refused sends no login: the database never hears the user', async () => {
  await secure.admin.query(`set global log_output = 'TABLE', general_log = on`);
  const loginsSeen = async () => {
    const [rows] = await secure.admin.query(
      `select argument from mysql.general_log where command_type = 'Connect' and argument like 'leitor@%'`,
    );
    return (rows as unknown[]).length;
  };
  await secure.failure({ tls: { mode: 'verify' } });
  await secure.failure({ tls: { mode: 'pinned', fingerprint256: '00' } });
  expect(await loginsSeen()).toBe(0);
  await secure.open({ tls: { mode: 'ca', ca } });
  expect(await loginsSeen()).toBe(1);
});

test('is left out only by choice, and then the database may refuse', async () => {
  expect((await secure.failure({ tls: { mode: 'off' } })).code).toBe('mysql_access_denied');
  const plain = await secure.open({ user: 'escritor', tls: { mode: 'off' } });
  expect(await plain.gateway.query("show status like 'Ssl_cipher'")).toEqual([
    { Variable_name: 'Ssl_cipher', Value: '' },
  ]);
});
