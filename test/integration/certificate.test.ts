// The "zero escrita" certificate after real runs: who read, as whom, in which mode, and every statement, with the verdict that each case deserves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Certificate } from '#shared/certificate.ts';
import { judgeGrants } from '#shared/grants.ts';
import { runCli } from '../../daemon/cli.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cel-certificate-'));
  world = await createSyncShop();
});
afterAll(async () => {
  await world?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function certificado(...more: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = { DATABASE_URL: world.databaseUrl, DATA_DIR: folder };
  return { code: await runCli(['loja', 'certificado', '--empresa=loja', ...more], { env, stdout }), text };
}
const asJson = async () => JSON.parse((await certificado('--json')).text) as Certificate;

test('a shop that was never read has none, and the command says what to do', async () => {
  const { code, text } = await certificado('--json');
  expect(code).toBe(1);
  expect(text).toContain('carrinho importar --empresa=loja');
});

test('a run by a user who only reads is certified, with every statement and no value', async () => {
  await world.shop.conn.query(
    `insert into ${world.shop.prefix}fv_enteries (form_plugin, form_id, captured, captured_gmt, url) values ('wp-forms', '5', now(), utc_timestamp(), 'https://segredo.example')`,
  );
  await world.sync();
  const certificate = await asJson();
  expect(certificate).toMatchObject({
    verdict: 'only_read',
    database: world.shop.database,
    account: `${world.shop.database}@%`,
    readOnlyVariable: 'tx_read_only',
    statementLimitMs: 20_000,
    readerSql: [],
    grants: { verdict: 'read_only', writes: [] },
  });
  const total = certificate.statements.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(certificate.statementCount);
  expect(certificate.statements.map(({ purpose }) => purpose)).not.toContain('other');
  expect(certificate.statements.map(({ shape }) => shape)).toEqual(
    expect.arrayContaining(['SET SESSION TRANSACTION READ ONLY', 'SHOW GRANTS']),
  );

  const { text } = await certificado();
  expect(text).toContain('ZERO ESCRITA. Na última leitura só houve consultas');
  expect(text).toContain('tx_read_only = 1');
  expect(text).toContain('GRANT SELECT ON');
  expect(text).toContain('Conclusão: este usuário só lê.');
  expect(text).not.toMatch(/IDENTIFIED|PASSWORD '|segredo|undefined|null/);
});

test('an idle run writes its row anew but does not ask for the grants again', async () => {
  const before = await asJson();
  await world.sync();
  const after = await asJson();
  expect(Number(after.runId)).toBeGreaterThan(Number(before.runId));
  expect(after.grantsAt).toBe(before.grantsAt);
  expect(after.statements.map(({ shape }) => shape)).not.toContain('SHOW GRANTS');
  expect(after.verdict).toBe('only_read');
});

test('a user who may write is found out after the connection changed, with the SQL of one who may not', async () => {
  await world.shop.conn.query(`grant insert, update on ${world.shop.database}.* to ${world.shop.database}@'%'`);
  await world.sync();
  expect((await asJson()).verdict).toBe('only_read');

  await world.owner.query('update connections set updated_at = now()');
  await world.sync();
  const certificate = await asJson();
  expect(certificate.verdict).toBe('only_read_could_write');
  expect(certificate.grants!.writes.map(({ privilege }) => privilege)).toEqual(['INSERT', 'UPDATE']);
  const { text } = await certificado();
  expect(text).toContain('NADA FOI ESCRITO, mas');
  expect(text).toContain(`GRANT SELECT ON \`${world.shop.database.replaceAll('_', '\\_')}\`.*`);

  // Its words work: the user that they make only reads. Under a name of this test's own, since users are the whole server's.
  const user = `${world.shop.database}_l`;
  for (const sql of certificate.readerSql) await world.shop.conn.query(sql.replaceAll('carrinho_leitura', user));
  const [lines] = await world.shop.conn.query<RowDataPacket[]>(`show grants for ${user}@'%'`);
  await world.shop.conn.query(`drop user ${user}@'%'`);
  expect(judgeGrants(lines.map((line) => String(Object.values(line)[0]))).verdict).toBe('read_only');
});

test('a record with a statement that is no read proves nothing', async () => {
  await world.owner.query(
    `update shop_access set statements = statements || '[{"shape":"delete from wp_posts","count":1,"failed":0,"rows":0,"ms":1,"slowestMs":1}]'`,
  );
  expect((await asJson()).verdict).toBe('not_proven');
  expect((await certificado()).text).toContain('NÃO COMPROVADO');
});
