// The way from a record to WhatsApp, as browsers ask for it: the text that fits, its link and code, who may, and the page on which texts are changed
// (docs/rules.md, Messages).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, recomputeCompany, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let ana: string;
let admin: string;

beforeAll(async () => {
  lab = await createWebLab();
  ana = await lab.signIn(lab.sol, 'operator');
  await lab.owner`update users set name = 'Ana Lima' where id = (select max(id) from users)`;
  admin = await lab.signIn(lab.sol, 'admin');
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    values (${lab.sol.id}, 'p:+5511987654321', 'cart', ${lab.sol.cartId}, 'mobile')`;
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id)
    values (${lab.sol.id}, 'e:cliente-sol@exemplo.example', 'order', ${lab.sol.orderId}) on conflict do nothing`;
  await lab.owner`
    update carts set phone_status = 'valid', phone_kind = 'mobile', phone_e164 = '+5511987654321', phone_reason = null, checkout_page_id = 7
    where tenant_id = ${lab.sol.id} and id = ${lab.sol.cartId}`;
  await lab.owner`update sites set site_url = 'https://loja.example.com' where tenant_id = ${lab.sol.id}`;
  await recomputeCompany(lab, lab.sol);
});
afterAll(async () => await lab.close());

const cartPath = () => `/e/sol/carrinhos/${lab.sol.cartId}`;
const htmx = (target: string) => ({ 'HX-Request': 'true', 'HX-Request-Type': 'partial', 'HX-Target': `div#${target}` });
async function open(query = '', as = ana) {
  const response = await lab.get(`${cartPath()}/whatsapp${query}`, as);
  const location = response.headers.get('Location');
  const url = location && URL.canParse(location) ? new URL(location) : null;
  return { response, url, text: url?.searchParams.get('text') ?? '' };
}

test('the link writes the text that fits; the mark of the same click has its code, and nobody chooses a code', async () => {
  const page = await (await lab.get(cartPath(), ana)).text();
  expect(page).toContain(`href="${cartPath()}/whatsapp"`);
  expect(page).not.toContain('wcf_ac_token');
  const { response, url, text } = await open('?n=clique-1');
  expect(response.status).toBe(303);
  expect(url?.origin + (url?.pathname ?? '')).toBe('https://wa.me/5511987654321');
  // Who has bought before is written to as a customer.
  expect(text).toMatch(/^(Bom dia|Boa tarde|Boa noite), Maria! É Ana, da .*Que bom ver você de novo!/);
  const [, link] = /(https:\S+)/.exec(text)!;
  const token = Buffer.from(new URL(link!).searchParams.get('wcf_ac_token')!, 'base64').toString();
  expect([new URL(link!).searchParams.get('page_id'), token]).toEqual(['7', 'wcf_session_id=s1']);
  const code = new URL(link!).searchParams.get('utm_content');
  expect(code).toMatch(/^[a-z0-9]{10}$/);
  const form = { registro: `carrinho:${lab.sol.cartId}`, canal: 'whatsapp', visto: '', n: 'clique-1' };
  const answer = await lab.post('/e/sol/contatos', form, ana, htmx(`contato-cart-${lab.sol.cartId}`));
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Desfazer')]);
  const made = await lab.owner`select id, code, template from contacts where undone_at is null`;
  expect(made).toMatchObject([{ code, template: 'Carrinho de cliente' }]);
  // The link of the click may come after its mark; another click is asked about.
  expect((await open('?n=clique-1')).response.status).toBe(303);
  const again = await open('?n=clique-2');
  expect(again.response.status).toBe(409);
  expect(await again.response.text()).toMatch(/Ana falou com esta pessoa.*Abrir o WhatsApp mesmo assim/s);
  expect((await open('?n=clique-2&forcar=1')).response.status).toBe(303);
  // No name, phone or link of the person in the log.
  expect(lab.logLines.join('\n')).not.toMatch(/wa\.me|987654321|wcf_ac_token|Maria/);
  await lab.post(`/e/sol/contatos/${made[0]!.id}/desfazer`, {}, ana);
});

test('each user’s own way to WhatsApp, the number without its 9, and who may not', async () => {
  const set = (whatsapp: string) => lab.post('/e/sol/preferencias', { whatsapp, atalhos: '1' }, ana);
  await set('app');
  expect((await open()).url?.href).toMatch(/^whatsapp:\/\/send\?phone=5511987654321&text=/);
  await set('web');
  expect((await open('?sem9=1')).url?.href).toMatch(/^https:\/\/web\.whatsapp\.com\/send\?phone=551187654321&text=/);
  // Offered where a record stands alone, also after the mark of the first try, and not for what would be a landline.
  const menu = `href="${cartPath()}/whatsapp?sem9=1`;
  expect(await (await lab.get(cartPath(), ana)).text()).toContain(menu);
  const form = { registro: `carrinho:${lab.sol.cartId}`, canal: 'whatsapp', visto: '', forcar: '1', menu: '1' };
  const marked = await (await lab.post('/e/sol/contatos', form, ana, htmx(`contato-cart-${lab.sol.cartId}`))).text();
  expect(marked).toContain(`${menu}&amp;forcar=1"`);
  const [made] = await lab.owner`select id from contacts where undone_at is null`;
  await lab.post(`/e/sol/contatos/${made!.id}/desfazer`, {}, ana);
  const setPhone = (phone: string) =>
    lab.owner`update carts set phone_e164 = ${phone} where tenant_id = ${lab.sol.id} and id = ${lab.sol.cartId}`;
  await setPhone('+5511934567890');
  expect(await (await lab.get(cartPath(), ana)).text()).not.toContain('sem9');
  await setPhone('+5511987654321');
  expect((await set('outro')).status).toBe(422);
  await set('wa_me');
  const viewer = await lab.signIn(lab.sol, 'viewer');
  expect((await open('', viewer)).response.status).toBe(403);
  await lab.owner`
    insert into opt_outs (tenant_id, channel, key, created_at) values (${lab.sol.id}, 'all', 'p:+5511987654321', now())`;
  const refused = await open();
  expect(refused.response.status).toBe(409);
  expect(await refused.response.text()).toContain('Pediu para não receber mensagens');
  expect(await (await lab.get(cartPath(), ana)).text()).toMatch(
    /<button class="button button-whatsapp"[^>]*disabled[^>]*title="Pediu/,
  );
  await lab.owner`update opt_outs set undone_at = now()`;
});

test('a text is changed by who administers, read again by everybody, and refused with an unknown variable', async () => {
  const save = (form: Record<string, string>, as = admin) =>
    lab.post('/e/sol/mensagens/cart_customer', form, as, htmx('mensagem-cart_customer'));
  expect((await save({ texto: 'Oi', ligado: '1' }, ana)).status).toBe(403);
  const wrong = await save({ texto: 'Oi {apelido}', ligado: '1' });
  expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('{apelido} não é uma variável')]);
  const saved = await save({ texto: 'Oi {nome}, use {cupom|nosso cupom} até {validade}', ligado: '1' });
  expect(saved.status).toBe(200);
  // 'Maria' of a real person; no way out; the coupon's day is empty for everybody.
  expect(await saved.text()).toMatch(
    /Oi Maria, use nosso cupom até .*\{validade\} está vazio em 100,0%.*Não diz como parar/s,
  );
  await lab.post('/e/sol/cupom', { codigo: 'VOLTA10', desconto: '10%', validade: '2099-12-31' }, admin);
  expect((await open()).text).toBe('Oi Maria, use VOLTA10 até 31/12/2099');
  await lab.post('/e/sol/cupom', { codigo: 'VOLTA10', desconto: '10%', validade: '2020-01-01' }, admin);
  expect(await (await lab.get('/e/sol/mensagens', ana)).text()).toMatch(/Venceu em 01\/01\/2020.*O cupom venceu/s);
  expect((await open()).text).toBe('Oi Maria, use nosso cupom até ');
  // Switched off: the text of all carts stands in.
  await save({ texto: 'Oi', ligado: '' });
  expect((await open()).text).toContain('Você deixou no carrinho');
  const actions =
    await lab.owner`select action, facts::text from audit_log where tenant_id = ${lab.sol.id} and action like 'message.%'`;
  expect(actions).toHaveLength(2);
});

test('a person’s page has notes and marks; what was said of who is whom is taken back there, and an unknown contact unites nobody', async () => {
  const path = `/e/sol/clientes/${lab.sol.personId}`;
  const page = async () => await (await lab.get(path, ana)).text();
  const [word] = await lab.owner`
    insert into person_edges (tenant_id, kind, key_a, key_b, note, created_at)
    values (${lab.sol.id}, 'not_same', 'e:cliente-sol@exemplo.example', 'e:outra@exemplo.example', '', now()) returning id`;
  expect(await page()).toMatch(/Separados à mão.*name="uniao".*Contato e anotações/s);
  const uniao = String(word!.id);
  expect((await lab.post(`${path}/desfazer`, { uniao }, ana)).headers.get('Location')).toBe(path);
  expect(await page()).not.toContain('Separados à mão');
  expect((await lab.post(`${path}/desfazer`, { uniao }, ana)).status).toBe(422);
  const unknown = await lab.post(`${path}/unir`, { chave: 'ninguem@exemplo.example' }, ana);
  expect([unknown.status, await unknown.text()]).toEqual([422, expect.stringContaining('Ninguém desta empresa')]);
});

test('a cart’s link is given to whoever copies it, not for somebody who wants no messages, and written down', async () => {
  const path = `${cartPath()}/link`;
  expect(await (await lab.get(cartPath(), ana)).text()).toContain(`action="${path}"`);
  const copied = await lab.post(path, {}, ana);
  expect([copied.headers.get('Content-Type'), copied.headers.get('Cache-Control')]).toEqual([
    expect.stringContaining('text/plain'),
    'no-store',
  ]);
  expect(await copied.text()).toBe(
    `https://loja.example.com/?page_id=7&wcf_ac_token=${encodeURIComponent(btoa('wcf_session_id=s1'))}`,
  );
  const [optOut] = await lab.owner`
    insert into opt_outs (tenant_id, key, channel, source, reason, created_at)
    values (${lab.sol.id}, 'e:cliente-sol@exemplo.example', 'all', 'operator', '', now()) returning id`;
  const refused = await lab.post(path, {}, ana);
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('não receber mensagens')]);
  await lab.owner`update opt_outs set undone_at = now() where id = ${optOut!.id}`;
  const said = await lab.owner`select entity_id::text from audit_log where action = 'cart.link_copied'`;
  expect([...said]).toEqual([{ entityId: lab.sol.cartId }]);
});

test('who may be the same person waits for a word: told apart with a reason, taken back, united; the timeline says it', async () => {
  const added = await lab.post('/e/sol/leads', { nome: 'Maria S.', email: 'cliente-sol+loja@exemplo.example' }, ana);
  expect(added.status).toBe(303);
  const ask = async (path: string) => await (await lab.get(path, ana)).text();
  const list = '/e/sol/clientes/duplicados';
  expect(await ask(`${list}?contagem=1`)).toMatch(/^<a id="duplicados"[^>]*>Possíveis duplicados \(1\)<\/a>$/);
  const pair = await ask(list);
  expect(pair).toMatch(/o mesmo e-mail, um deles com \+etiqueta/i);
  const fields = Object.fromEntries(
    [...pair.matchAll(/name="(propria|chave|volta)" value="([^"]+)"/g)].map(([, name, value]) => [name!, value!]),
  );
  const [, act] = /action="([^"]+)\/diferentes"/.exec(pair)!;
  expect(await ask(act!)).toContain('id="possiveis-duplicados"');
  expect((await lab.post(`${act}/diferentes`, { ...fields, motivo: ' ' }, ana)).status).toBe(422);
  const apart = await lab.post(`${act}/diferentes`, { ...fields, motivo: 'são mãe e filha' }, ana);
  expect([apart.status, apart.headers.get('Location')]).toEqual([303, list]);
  expect(await ask(list)).toContain('Nenhum par para decidir.');
  const [, uniao] = /name="uniao" value="(\d+)"/.exec(await ask(act!))!;
  await lab.post(`${act}/desfazer`, { uniao: uniao! }, ana);
  const { volta: _, ...own } = fields;
  const united = (await lab.post(`${act}/unir`, own, ana)).headers.get('Location')!;
  expect(await ask(united)).toMatch(/Linha do tempo.*Outra pessoa passou a ser esta/s);
  expect(await ask(`${list}?contagem=1`)).toContain('(0)');
  const acts = await lab.owner`
    select action from audit_log where action like 'person.%' and action <> 'person.viewed' order by id desc limit 3`;
  expect(acts.map(({ action }) => action)).toEqual(['person.united', 'person.word_undone', 'person.told_apart']);
});
