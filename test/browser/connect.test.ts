// A new company connects its shop by the wizard, as a person does it: the password is wrong, then the database's name, and each time the live doctor says
// what to mend; a user who may write is told, and let through; the forms are mapped, and the first reading is watched as it goes.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { demoCompanies } from '../../start/demo-world.ts';
import { type BrowserWorld, isSameDocument, markDocument, startBrowserWorld } from '../support/browser.ts';

let world: BrowserWorld;
let page: Page;
const { database } = demoCompanies[1]!.shop;
const password = 'uma-senha-so-desta-prova';
let port = 0;

beforeAll(async () => {
  world = await startBrowserWorld();
  const { conn } = world.shops[1]!.shop;
  await conn.query(`create user 'gravador'@'%' identified by '${password}'`);
  await conn.query(`grant select, insert on \`${database}\`.* to 'gravador'@'%'`);
  const [rows] = await conn.query('select @@port as port');
  port = (rows as { port: number }[])[0]!.port;
  await world.owner.query(`insert into tenants (slug, name, area_code) values ('nova', 'Nova Loja', '81')`);
  await world.owner.query(
    `insert into memberships (tenant_id, user_id, role) select t.id, u.id, 'owner' from tenants t, users u where t.slug = 'nova' and u.email like 'demo@%'`,
  );
  // The daemon says for whom secrets are sealed as it starts.
  const countKeys = async () => (await world.owner.query('select from sealing_keys')).rowCount;
  await vi.waitUntil(async () => (await countKeys()) === 1, { timeout: 60_000, interval: 200 });
  ({ page } = await world.signIn());
});
afterAll(async () => await world?.stop());
afterEach(() => {
  // The browser itself notes the answers that refused a form.
  expect(world.faults.splice(0).filter((fault) => !fault.includes('422'))).toEqual([]);
});

const checks = { port: 1, login: 5, database: 7, grants: 8 };
const check = (name: keyof typeof checks) => page.locator('.check-line').nth(checks[name]);
const save = () => page.getByRole('button', { name: 'Salvar e diagnosticar' }).click();
const verdict = (text: RegExp) => page.locator('#diagnostico .card-title').getByText(text).waitFor();
const correct = () => page.getByRole('link', { name: 'Corrigir o acesso' }).click();

test('all that is missing is said at once, and nothing is asked of any shop', async () => {
  await page.goto(`${world.publicUrl}/e/nova/conexao`);
  await page.getByRole('link', { name: 'Conectar a loja' }).click();
  await save();
  await page.getByText('5 campos precisam de correção').waitFor();
  expect(await page.locator('.field-error').allTextContents()).toHaveLength(5);
  expect((await world.owner.query('select from commands')).rowCount).toBe(0);
});

test('a wrong password, then a wrong database: the live doctor names each, and a saved password is kept', async () => {
  await page.getByLabel('Nome da loja').fill('Casa do Sertão');
  await page.getByLabel('Host MySQL').fill('127.0.0.1');
  await page.getByLabel('Porta do MySQL').fill(String(port));
  await page.getByLabel('Nome do banco').fill('loja_que_nao_ha');
  await page.getByLabel('Usuário do banco').fill('gravador');
  await page.getByLabel('Senha do banco').fill('senha-errada-da-prova');
  await page.getByLabel('Certificado do servidor').selectOption('desligado');
  await save();
  await page.getByRole('heading', { name: 'Diagnóstico' }).waitFor();
  await markDocument(page);
  await verdict(/impede/);
  expect(await check('login').getAttribute('class')).toContain('check-error');
  // What is not in the shop's way is told apart from what nobody looked at.
  expect(await check('port').getAttribute('class')).toContain('check-ok');
  expect(await isSameDocument(page)).toBe(true);

  await correct();
  await page.getByLabel('Senha do banco').fill(password);
  await save();
  await verdict(/impede/);
  expect(await check('database').textContent()).toContain('loja_que_nao_ha');

  await correct();
  expect(await page.content()).toMatch(/Definida em \d\d\/\d\d\/\d{4} por Ana Demonstração/);
  await page.getByLabel('Nome do banco').fill(database);
  await save();
  await verdict(/Pode ser lida/);
  const advice = await check('grants').textContent();
  expect(advice).toContain('pode mais do que ler');
  expect(advice).toMatch(/create user/i);
  await page.getByRole('heading', { name: 'O que encontramos' }).waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: /Situações dos \d+ pedidos mais novos: [a-z-]+ \d/ })
    .waitFor();
});

test('the suggested mapping is saved, and the first sync is seen to its end', async () => {
  await page.getByRole('link', { name: 'Continuar para o mapeamento' }).click();
  const whatsApp = page
    .locator('label.field', { has: page.getByText('WhatsApp', { exact: true }) })
    .locator('select')
    .first();
  expect(await whatsApp.inputValue()).toBe('Whatsapp_-_DDD_+_Numero_4');
  await page.getByRole('button', { name: 'Salvar mapeamento' }).click();
  await page.getByText('Mapeamento salvo').waitFor();
  await page.getByRole('button', { name: 'Fazer a primeira sincronização' }).click();
  await page.getByRole('heading', { name: 'Sincronização', level: 1 }).waitFor();
  await markDocument(page);
  await page.getByRole('row').filter({ hasText: 'Concluída' }).first().waitFor();
  expect(await isSameDocument(page)).toBe(true);
  const { rows } = await world.owner.query<{ leads: string; mapped: string }>(
    `select count(*) as leads, count(*) filter (where phone_e164 is not null) as mapped from leads l join tenants t on t.id = l.tenant_id where t.slug = 'nova'`,
  );
  expect(Number(rows[0]!.leads)).toBeGreaterThan(20);
  expect(Number(rows[0]!.mapped)).toBeGreaterThan(Number(rows[0]!.leads) / 2);

  await page.goto(`${world.publicUrl}/e/nova/conexao`);
  await page.getByRole('link', { name: 'Certificado de zero escrita' }).click();
  await page.getByText('Nada escrito; o usuário poderia').waitFor();
});

test('no typed secret is left in what the web process wrote, nor in any log', async () => {
  const { rows } = await world.owner.query<{ text: string }>(
    `select (select coalesce(json_agg(c)::text, '') from commands c) || (select json_agg(c)::text from connections c) || (select json_agg(d)::text from doctor_checks d) || (select json_agg(a)::text from audit_log a) as text`,
  );
  for (const secret of [password, 'senha-errada-da-prova']) expect(rows[0]!.text.includes(secret)).toBe(false);
  expect((await world.owner.query(`select from commands where args <> '{}'`)).rowCount).toBe(0);
});
