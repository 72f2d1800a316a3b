// What data subjects ask of a company, on its pages: who asks and who decides, the report, retention with its preview, a person divided by hand, and
// that somebody who wants no messages gets none by any door.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let [operator, owner]: [string, string] = ['', ''];
beforeAll(async () => {
  lab = await createWebLab();
  const { id, orderId, personId } = lab.sol;
  await lab.owner`insert into person_members (tenant_id, entity, entity_id, person_id) values (${id}, 'order', ${orderId}, ${personId})`;
  await lab.owner`insert into match_keys (tenant_id, key, entity, entity_id) values (${id}, 'e:cliente-sol@exemplo.example', 'order', ${orderId})`;
  [operator, owner] = [await lab.signIn(lab.sol, 'operator'), await lab.signIn(lab.sol, 'owner')];
});
afterAll(async () => await lab.close());

const ask = async (cookie: string, kind = 'erasure') =>
  await lab.post(`/e/sol/clientes/${lab.sol.personId}/lgpd`, { tipo: kind, nota: 'por e-mail, ontem' }, cookie);
const newest = async () =>
  (
    await lab.owner<
      { id: string; state: string }[]
    >`select id, state from subject_requests where tenant_id = ${lab.sol.id} order by id desc limit 1`
  )[0]!;
const decide = async (cookie: string, word: string) =>
  (await lab.post(`/e/sol/lgpd/pedidos/${(await newest()).id}/${word}`, {}, cookie)).status;
const text = async (path: string, cookie: string) => await (await lab.get(path, cookie)).text();

test('an operator asks, an owner who did not ask decides, and the page counts the days', async () => {
  expect((await ask(operator)).headers.get('Location')).toBe('/e/sol/lgpd?feito=pedido');
  await ask(operator);
  expect(await lab.owner`select 1 from subject_requests where kind = 'erasure'`).toHaveLength(1);
  expect(await text('/e/sol/lgpd', owner)).toMatch(
    /Eliminação · pessoa[\s\S]*faltam 15 dias[\s\S]*por e-mail, ontem[\s\S]*Eliminar em definitivo/,
  );
  expect(await decide(operator, 'aprovar')).toBe(403);
  expect(await decide(owner, 'recusar')).toBe(303);
  expect(await decide(owner, 'aprovar')).toBe(422);
  expect((await newest()).state).toBe('refused');
});

test('the only owner says it twice, a day apart; with two owners the other one approves', async () => {
  await ask(owner);
  expect(await text('/e/sol/lgpd', owner)).toContain('Você confirma de novo a partir de');
  expect(await decide(owner, 'aprovar')).toBe(422);
  const second = await lab.signIn(lab.sol, 'owner');
  await lab.owner`update subject_requests set requested_at = now() - interval '25 hours' where state = 'open'`;
  expect(await text('/e/sol/lgpd', owner)).toContain('Outro proprietário aprova');
  expect(await decide(owner, 'aprovar')).toBe(422);
  await lab.owner`update users set disabled_at = now() where id = (select max(user_id) from memberships where tenant_id = ${lab.sol.id} and role = 'owner')`;
  expect((await lab.get('/e/sol/lgpd', second)).status).not.toBe(200);
  expect(await decide(owner, 'aprovar')).toBe(303);
  expect((await newest()).state).toBe('approved');
  expect(
    await lab.owner`select facts ->> 'state' as state from audit_log where action = 'request.decided' order by id`,
  ).toEqual([{ state: 'refused' }, { state: 'approved' }]);
});

test('the report says what is held, and reading it is written down', async () => {
  const page = await text(`/e/sol/clientes/${lab.sol.personId}/relatorio`, operator);
  for (const expected of [
    'Formulários enviados',
    'Pedidos',
    'cliente-sol@exemplo.example',
    'Maria Souza',
    'Contatos feitos',
    'Quem viu',
  ]) {
    expect(page).toContain(expected);
  }
  const file = await lab.get(`/e/sol/clientes/${lab.sol.personId}/relatorio.json`, operator);
  expect(file.headers.get('Content-Disposition')).toContain('attachment');
  const report = (await file.json()) as Record<string, unknown[]>;
  expect(report).toMatchObject({
    orders: [{ email: 'cliente-sol@exemplo.example' }],
    leads: [{ phone_e164: '+5511987654321' }],
  });
  expect(JSON.stringify(report)).not.toMatch(/session_id|tenant_id|source_hash/);
  expect(await lab.owner`select 1 from audit_log where action = 'person.reported'`).toHaveLength(2);
});

test('retention shows what would go before anything is saved, and is off until an owner turns it on', async () => {
  await lab.owner`update leads set captured_at = now() - interval '26 months' where tenant_id = ${lab.sol.id}`;
  await lab.owner`delete from person_members where entity = 'lead' and tenant_id = ${lab.sol.id}`;
  const form = { meses: '25', dias_brutos: '90', meses_registro: '12', ligada: 'sim' };
  const preview = await (await lab.post('/e/sol/lgpd/retencao', { ...form, acao: 'ver' }, owner)).text();
  expect(preview).toMatch(/Nada foi salvo[\s\S]*<strong>1<\/strong> lead/);
  const saved = () =>
    lab.owner`select retention_months as months, retention_since is not null as is_on from tenants where id = ${lab.sol.id}`;
  expect(await saved()).toEqual([{ months: 24, isOn: false }]);
  expect((await lab.post('/e/sol/lgpd/retencao', { ...form, meses_registro: '5' }, owner)).status).toBe(422);
  expect((await lab.post('/e/sol/lgpd/retencao', form, owner)).status).toBe(303);
  expect(await saved()).toEqual([{ months: 25, isOn: true }]);
});

test('the legal basis is an owner’s to write down, and every access report tells it', async () => {
  const form = { base: 'legitimate_interest', motivos: 'Finalidade: responder a quem <b>pediu</b>.' };
  expect((await lab.post('/e/sol/lgpd/base-legal', form, operator)).status).toBe(403);
  expect((await lab.post('/e/sol/lgpd/base-legal', form, owner)).status).toBe(303);
  expect(await text('/e/sol/lgpd', operator)).toContain('responder a quem &lt;b&gt;pediu&lt;/b&gt;.');
  expect(await text(`/e/sol/clientes/${lab.sol.personId}/relatorio`, owner)).toContain(
    'Base legal: Legítimo interesse',
  );
});

test('who wants no messages gets none: not by button, mark, selection, queue, file or API', async () => {
  const { id, personId } = lab.sol;
  const [cart] = await lab.owner<{ id: string }[]>`select id from carts where tenant_id = ${id} and external_id = 2`;
  const cartId = cart!.id;
  await lab.owner`insert into person_members (tenant_id, entity, entity_id, person_id) values (${id}, 'cart', ${cartId}, ${personId})`;
  await lab.owner`insert into match_keys (tenant_id, key, entity, entity_id) values (${id}, 'e:cliente-sol@exemplo.example', 'cart', ${cartId})`;
  await lab.owner`update carts set phone_e164 = '+5511987650001', phone_status = 'valid', phone_kind = 'mobile', phone_raw = '11987650001' where tenant_id = ${id}`;
  const queued = async () => (await text('/e/sol/fila', operator)).includes(`/fila/${personId}/acao`);
  const file = { lista: 'carrinhos', formato: 'whatsapp-txt', situacao: 'todos' };
  const leftOut = async () =>
    await (await lab.post('/e/sol/exportacoes/contagem', file, operator, { 'HX-Request': 'true' })).text();
  expect(await leftOut()).not.toContain('não contatar');
  const before = await queued();
  await lab.owner`insert into opt_outs (tenant_id, channel, key, created_at) values (${id}, 'all', 'e:cliente-sol@exemplo.example', now())`;
  await lab.tellChanged(lab.sol);
  expect(before).toBe(true);
  expect(await queued()).toBe(false);
  expect(await leftOut()).toContain('não contatar');
  const record = `carrinho:${cartId}`;
  expect((await lab.get(`/e/sol/carrinhos/${cartId}/whatsapp`, operator)).status).toBe(409);
  const count = async () =>
    (await lab.owner`select 1 from contacts where tenant_id = ${id} and entity = 'cart' and undone_at is null`).length;
  const marked = await count();
  await lab.post('/e/sol/contatos', { registro: record, canal: 'whatsapp', mesmo_assim: '1' }, operator);
  await lab.post('/e/sol/selecao', { lista: 'carrinhos', ato: 'whatsapp', registros: cartId }, operator);
  const api = await lab.app.request('/api/contacts?empresa=sol', {
    method: 'POST',
    headers: { Cookie: operator, 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' },
    body: JSON.stringify({ record: { entity: 'cart', id: cartId }, channel: 'whatsapp', force: true }),
  });
  expect(api.status).toBe(409);
  expect(await count()).toBe(marked);
});

test('a record that was emptied says why', async () => {
  const { id, leadId, cartId, orderId } = lab.sol;
  const [lead] = await lab.owner<{ name: string }[]>`select name from leads where tenant_id = ${id} and id = ${leadId}`;
  await lab.owner`insert into erased_records (tenant_id, entity, entity_id, reason) values (${id}, 'lead', ${leadId}, 'sync')`;
  await lab.owner`update leads set name = null where tenant_id = ${id} and id = ${leadId}`;
  expect(await text(`/e/sol/leads/${leadId}`, operator)).toMatch(/Dados eliminados[\s\S]*a pessoa pediu a eliminação/);
  for (const [page, entity, recordId, reason, sentence] of [
    ['carrinhos', 'cart', cartId, 'retention', 'passou do prazo de guarda'],
    ['pedidos', 'order', orderId, 'request', 'a pessoa pediu a eliminação'],
  ] as const) {
    expect(await text(`/e/sol/${page}/${recordId}`, operator)).not.toContain(sentence);
    await lab.owner`insert into erased_records (tenant_id, entity, entity_id, reason) values (${id}, ${entity}, ${recordId}, ${reason})`;
    expect(await text(`/e/sol/${page}/${recordId}`, operator)).toContain(`<span class="chip">${sentence}</span>`);
  }
  await lab.owner`update leads set name = ${lead!.name} where tenant_id = ${id} and id = ${leadId}`;
  await lab.owner`delete from erased_records where tenant_id = ${id}`;
});

test('an operator says that two contacts are two people', async () => {
  const { id, orderId, personId } = lab.sol;
  await lab.owner`delete from opt_outs where tenant_id = ${id}`;
  await lab.owner`insert into match_keys (tenant_id, key, entity, entity_id, phone_kind) values (${id}, 'p:+5521976543210', 'order', ${orderId}, 'mobile')`;
  expect(await text(`/e/sol/clientes/${personId}`, operator)).toContain('São duas pessoas? Separar');
  const keys = { chave: 'e:cliente-sol@exemplo.example', outra: 'p:+5521976543210' };
  expect(
    (await lab.post(`/e/sol/clientes/${personId}/separar`, { ...keys, outra: 'p:+5511900000000' }, operator)).status,
  ).toBe(422);
  expect((await lab.post(`/e/sol/clientes/${personId}/separar`, keys, operator)).status).toBe(303);
  expect(await lab.owner`select kind, key_a as a, key_b as b from person_edges where tenant_id = ${id}`).toEqual([
    { kind: 'not_same', a: keys.chave, b: keys.outra },
  ]);
});

test('a viewer sees one contact of a person as it is for a reason that stands in the log, twenty a day', async () => {
  const { personId } = lab.sol;
  const viewer = await lab.signIn(lab.sol, 'viewer');
  const reveal = (form: Record<string, string>, cookie = viewer) =>
    lab.post(`/e/sol/clientes/${personId}/revelar`, form, cookie);
  const page = await text(`/e/sol/clientes/${personId}`, viewer);
  expect(page).toContain('Ver um contato por inteiro');
  expect(page).not.toContain('cliente-sol@exemplo.example');
  expect((await reveal({ contato: '0' })).status).toBe(422);
  const shown = await (await reveal({ contato: '0', motivo: 'answer' })).text();
  expect(shown.match(/cliente-sol@exemplo\.example|\(21\) 97654-3210/g)).toHaveLength(1);
  expect(shown).not.toContain('hx-sse:connect');
  expect(await text('/e/sol/registro', owner)).toMatch(/Revelou um contato[\s\S]*motivo: a pessoa nos procurou/);
  expect(await text(`/e/sol/clientes/${personId}`, operator)).not.toContain('Ver um contato por inteiro');
  await lab.owner`insert into audit_log (tenant_id, user_id, action) select tenant_id, user_id, action from audit_log, generate_series(1, 19)
                  where action = 'contact.revealed'`;
  expect((await reveal({ contato: '0', motivo: 'answer' })).status).toBe(429);
  expect((await reveal({ contato: '0', motivo: 'answer' }, await lab.signIn(lab.sol, 'viewer'))).status).toBe(200);
});
