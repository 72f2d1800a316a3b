// A person and the doctor, on the command line: a shop with everything wrong is mended step by step, each step taken from the doctor's own words. What
// only is tried is not saved; of a saved shop only the findings are kept.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../daemon/cli.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { abandonCarts } from '../../start/demo/cart-writer.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { generateShop } from '../../start/demo/generate.ts';
import { createShopSchema } from '../../start/demo/schema.ts';
import type { Sshd } from '../../start/sshd.ts';
import {
  createShopDatabase,
  createTestDatabase,
  type ShopDatabase,
  startSshd,
  type TestDatabase,
} from '../support/servers.ts';

let database: TestDatabase;
let shop: ShopDatabase;
let sshd: Sshd;
let owner: Pool;
const folder = mkdtempSync(join(tmpdir(), 'cel-doutor-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

async function carrinho(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, ALLOWED_SHOP_NETWORKS: '127.0.0.0/8' };
  return { code: await runCli(args, { env, stdout }), text };
}

/** What was typed so far, as options; a step changes some of them and asks again. */
const typed: Record<string, string> = {};
async function diagnose(change: Record<string, string> = {}) {
  Object.assign(typed, change);
  const options = Object.entries(typed).map(([name, value]) => `--${name}=${value}`);
  return await carrinho('loja', 'diagnosticar', ...options);
}
const errorsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('✗'));

beforeAll(async () => {
  [database, shop, sshd] = await Promise.all([createTestDatabase(), createShopDatabase(), startSshd()]);
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'doctor-session', max: 1 });
  const made = { ...demoShops[0]!, database: shop.database, size: 'small', seed: 5, now: new Date() } as const;
  const { shop: writer } = await generateShop(shop.admin, made);
  await abandonCarts(writer, { now: new Date() });
  // A copy for tests beside the shop, as many hostings have.
  await createShopSchema(shop.admin, { ...writer, prefix: 'teste_' });
  await shop.admin.query(`insert into teste_options (option_name, option_value) values ('siteurl', 'https://teste.loja.example')
    on duplicate key update option_value = values(option_value)`);
  await shop.admin.query(`grant insert, update on ${shop.database}.* to ${shop.readerUser}@'%'`);
});
afterAll(async () => {
  await sshd?.stop();
  await owner?.end();
  await Promise.all([shop?.drop(), database?.drop()]);
  rmSync(folder, { recursive: true, force: true });
});

test('a shop with everything wrong is mended by following only what the doctor says', async () => {
  let { code, text } = await diagnose({
    host: 'www.loja.invalid',
    porta: '3307',
    usuario: shop.readerUser,
    'senha-arquivo': file('senha-velha', 'velha'),
    banco: 'wordpress',
    tls: 'desligado',
  });
  expect(code).toBe(1);
  expect(errorsOf(text)).toEqual([
    expect.stringMatching(/^✗ {2}1 Endereço: O endereço www\.loja\.invalid não existe\./),
  ]);
  expect(text).toContain('Confira se copiou o host MySQL');

  ({ text } = await diagnose({ host: '127.0.0.1', porta: '1' }));
  expect(errorsOf(text)).toEqual([
    expect.stringMatching(/^✗ {2}2 Porta: Há um servidor em 127\.0\.0\.1, mas não nessa porta/),
  ]);

  ({ text } = await diagnose({ porta: String(shop.port) }));
  expect(errorsOf(text)).toEqual([expect.stringMatching(/^✗ {2}6 Login no banco: O banco recusou o usuário/)]);
  expect(text).toContain('Confira usuário e senha');

  ({ text } = await diagnose({ 'senha-arquivo': file('senha', shop.readerPassword) }));
  expect(errorsOf(text)).toHaveLength(1);
  const visible = /^✗ {2}8 Banco de dados: .*Este usuário enxerga: (\S+)\./m.exec(text);
  expect(visible).not.toBeNull();

  ({ text } = await diagnose({ banco: visible![1]! }));
  expect(errorsOf(text)).toEqual([expect.stringMatching(/^✗ 11 .*mais de uma instalação/)]);
  // The one whose address is the shop's, not the tests'.
  const choices = [...text.matchAll(/^ {7}(\w+_) (https:\/\/\S+)/gm)];
  const prefix = choices.find(([, , address]) => !address!.includes('teste'))![1]!;
  expect(choices).toHaveLength(2);
  expect(text).toContain('--prefixo=');

  ({ code, text } = await diagnose({ prefixo: prefix }));
  expect(errorsOf(text)).toEqual([]);
  expect(code).toBe(0);
  expect(text).toMatch(/^! {2}9 Permissões: Este usuário pode mais do que ler: .*INSERT.*UPDATE/m);
  expect(text).toMatch(/^! {2}7 Criptografia: .*sem criptografia/m);

  // The statements that it prints, run by who administers the database.
  const statements = /executa: (CREATE USER .+?;) (GRANT .+?;)/.exec(text)!.slice(1);
  for (const sql of statements) await shop.admin.query(sql.replace('troque-por-uma-senha-forte', 'uma-senha-forte'));
  const [, reader, from] = /'(\w+)'@'([^']+)'/.exec(statements[0]!)!;
  try {
    ({ text } = await diagnose({ usuario: reader!, 'senha-arquivo': file('senha-nova', 'uma-senha-forte') }));
    expect(text).toMatch(/^✓ {2}9 Permissões: Este usuário só lê\./m);

    // "Use um túnel SSH (--ssh-host=…)": the first contact shows the key, with the option that confirms it.
    delete typed.tls;
    const tunnel = {
      'ssh-host': '127.0.0.1',
      'ssh-porta': String(sshd.port),
      'ssh-usuario': sshd.user,
      'ssh-chave-arquivo': file('chave', sshd.privateKey),
    };
    ({ text } = await diagnose(tunnel));
    expect(errorsOf(text)).toEqual([expect.stringMatching(/^✗ {2}3 .*Primeiro contato/)]);
    const confirmed = /--chave-do-servidor=(SHA256:\S+?)\)/.exec(text)![1]!;
    expect(confirmed).toBe(sshd.hostKeyFingerprint);

    ({ code, text } = await diagnose({ 'chave-do-servidor': confirmed }));
    expect([code, errorsOf(text)]).toEqual([0, []]);
    expect(text).toMatch(/A loja pode ser lida|Tudo certo/);
    expect(text).toContain('WhatsApp = Whatsapp_8');
  } finally {
    await shop.admin.query(`drop user if exists '${reader}'@'${from}'`);
  }

  for (const table of ['sites', 'connections', 'doctor_runs', 'doctor_checks'])
    expect([table, (await owner.query(`select from ${table}`)).rowCount]).toEqual([table, 0]);
});

test('of a saved shop the findings are kept, its settings stay, and a report holds no secret and nobody', async () => {
  await carrinho('empresa', 'criar', '--nome=Sol', '--slug=sol', '--ddd=48');
  const connection = [
    '--host=127.0.0.1',
    `--porta=${shop.port}`,
    `--usuario=${shop.readerUser}`,
    `--senha-arquivo=${file('senha', shop.readerPassword)}`,
    `--banco=${shop.database}`,
    '--tls=desligado',
    '--prefixo=cli_',
  ];
  expect((await carrinho('loja', 'conectar', '--empresa=sol', '--nome=Sol', '--loja=loja', ...connection)).code).toBe(
    0,
  );
  const settingsOf = async () =>
    (await owner.query('select * from sites join connections using (tenant_id)')).rows.map((row) =>
      JSON.stringify(row),
    );
  const before = await settingsOf();

  const { text } = await carrinho('loja', 'diagnosticar', '--empresa=sol', '--json');
  const result = JSON.parse(text) as {
    errors: number;
    checks: { nn: number; state: string; code: string; sentence: string }[];
  };
  expect(result.errors).toBe(0);
  const { rows } = await owner.query('select nn, state, code from doctor_checks order by nn');
  expect(rows).toEqual(result.checks.map(({ nn, state, code }) => ({ nn, state, code })));
  expect(rows).toHaveLength(16);

  const report = await carrinho('loja', 'diagnosticar', '--empresa=sol', '--relatorio');
  expect(report.text.split('\n').filter((line) => /^\d+\. /.test(line))).toHaveLength(16);
  expect(report.text).not.toContain(shop.readerPassword);
  const [people] = await shop.admin.query(
    'select email from cli_cartflows_ca_cart_abandonment where email is not null limit 200',
  );
  for (const { email } of people as { email: string }[]) expect(report.text).not.toContain(email);
  expect(report.text).not.toMatch(/\+?55\d{10,11}|\(\d\d\) ?9\d{4}/);

  // Tried options of a saved shop are not what its page should show.
  expect((await carrinho('loja', 'diagnosticar', '--empresa=sol', '--porta=1')).code).toBe(1);
  expect((await owner.query('select from doctor_runs')).rowCount).toBe(2);
  expect(await settingsOf()).toEqual(before);
});

test('only the last twenty looks of a shop are kept', async () => {
  await owner.query(
    `insert into doctor_runs (tenant_id, site_id, started_at) select tenant_id, id, now() from sites, generate_series(1, 25)`,
  );
  await carrinho('loja', 'diagnosticar', '--empresa=sol', '--json');
  expect((await owner.query('select from doctor_runs')).rowCount).toBe(20);
  expect((await owner.query('select from doctor_checks')).rowCount).toBe(16);
});
