// The Painel: the eight figures against rows written by hand, each with a link to a list that counts the same; the chart's days are the
// company's; empty states say what to do; a commit moves the tiles.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCart, createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
});
afterAll(async () => await lab.close());

/** How fast a commit arrives is held by api-live.test.ts; here a busy machine may take its time. */
const patienceMs = 60_000;

const fragment = { 'HX-Request': 'true', 'HX-Request-Type': 'partial', 'HX-Target': 'main#conteudo' };
const load = async (query = '', as = cookie, headers: Record<string, string> = {}) => {
  await lab.tellChanged(lab.sol);
  return await (await lab.get(`/e/sol/painel${query}`, as, headers)).text();
};

/** The words of an element, from its opening tag on, without markup. */
function textOf(html: string, id: string, tag: string): string {
  const part = new RegExp(`<${tag} id="${id}".*?</${tag}>`, 's').exec(html)?.[0] ?? '';
  return part
    .replace(/<details.*?<\/details>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
const tile = (html: string, id: string) => textOf(html, id, 'section');

test('the eight tiles say the figures of the period', async () => {
  const html = await load();
  expect(tile(html, 'kpi-leads')).toMatch(/^Leads no período 1 n\/d vs\. \d\d\/\d\d–\d\d\/\d\d$/);
  expect(tile(html, 'kpi-leads-cliente')).toMatch(/^Leads que já eram clientes 0 \(0,0%\) \+ 1 virou cliente/);
  expect(tile(html, 'kpi-abandonados')).toMatch(/^Carrinhos abandonados 1 R\$ 189,90 1 com telefone fixo ou inválido/);
  expect(tile(html, 'kpi-aguardando')).toMatch(/^Aguardando pagamento 0 R\$ 0,00/);
  expect(tile(html, 'kpi-taxa')).toMatch(
    /^Taxa de recuperação 50,0% parcial 1 de 2 carrinhos janela encerrada: — como no sistema original: 50,0%/,
  );
  expect(tile(html, 'kpi-recuperado')).toMatch(/^Valor recuperado R\$ 189,90 espontâneo R\$ 189,90/);
  expect(tile(html, 'kpi-ticket')).toMatch(/^Ticket médio R\$ 189,90/);
  expect(tile(html, 'kpi-recorrencia')).toMatch(
    /^Clientes recorrentes 0,0% 0 de 1 cliente ainda sem intervalo entre compras/,
  );
  expect(html.match(/<section id="kpi-[a-z-]+" class="tile">/g)).toHaveLength(8);
});

test('a tile leads to a list that holds as many rows as it says', async () => {
  const html = await load('?periodo=7dias');
  for (const [id, count] of [
    ['kpi-leads', 1],
    ['kpi-leads-cliente', 0],
    ['kpi-abandonados', 1],
    ['kpi-aguardando', 0],
    ['kpi-recuperado', 1],
    ['kpi-ticket', 1],
  ] as const) {
    const href = new RegExp(`id="${id}".*?<a href="([^"]+)"`, 's').exec(html)![1]!.replaceAll('&amp;', '&');
    const list = await (await lab.get(href, cookie)).text();
    expect([id, (list.match(/<tr id="/g) ?? []).length]).toEqual([id, count]);
  }
});

test('every definition stands behind its "?" without a script', async () => {
  const html = await load();
  expect(html.match(/<details class="menu tile-help"[^>]*><summary aria-label="O que é [^"]+\?">/g)).toHaveLength(8);
});

test('the chart counts by days of the company, and its table says the same numbers', async () => {
  const { id, siteId } = lab.lua;
  const cart = await createCart(lab.owner, {
    tenantId: id,
    siteId,
    personName: 'Rita',
    email: 'rita@exemplo.example',
    number: 9,
    status: 'abandoned',
    orderId: null,
  });
  // 23:30 of 10/03 in São Paulo is already 11/03 in UTC.
  await lab.owner`update cart_statuses set first_activity_at = '2025-03-11T02:30:00Z' where tenant_id = ${id} and cart_id = ${cart}`;
  const html = await (await lab.get('/e/lua/painel?de=2025-03-10&ate=2025-03-11', await lab.signIn(lab.lua))).text();
  expect(html).toMatch(
    /<tr><th scope="row">10\/03\/2025<\/th><td class="number"><a [^>]*>1<\/a><\/td><td class="number"><a [^>]*>0<\/a><\/td>/,
  );
  expect(html).toMatch(
    /<tr><th scope="row">11\/03\/2025<\/th><td class="number"><a [^>]*>0<\/a><\/td><td class="number"><a [^>]*>0<\/a><\/td>/,
  );
  expect(html.match(/<polyline/g)).toHaveLength(4);
  await lab.owner`delete from cart_statuses where tenant_id = ${id} and cart_id = ${cart}`;
});

test('the funnel counts leads and carts as their lists do, contacted ones too', async () => {
  const contact = { tenant_id: lab.sol.id, entity: 'cart', entity_id: lab.sol.cartId, channel: 'whatsapp' };
  const [made] = await lab.owner`
    insert into contacts ${lab.owner({ ...contact, code: 'codigo0003', contacted_at: new Date() })} returning id`;
  const html = await load();
  expect(textOf(html, 'funil', 'div')).toBe(
    'Leads 1 Contatados 0 · 0,0% Viraram clientes 1 · 100,0% Carrinhos 2 Contatados 1 · 50,0% Aguardando 0 · 0,0% Recuperados 1 · 50,0%',
  );
  const list = await (await lab.get('/e/sol/carrinhos?situacao=todos&contato=algum&periodo=30dias', cookie)).text();
  expect(list.match(/<tr id="carrinho-/g)).toHaveLength(1);
  await lab.owner`delete from contacts where tenant_id = ${lab.sol.id} and id = ${made!.id}`;
});

test('what one counted is there for the next, until a commit changes the company’s rows', async () => {
  const leads = async (html: string) => textOf(html, 'funil', 'div').match(/^Leads \d/)?.[0];
  const again = async (path = '/e/sol/painel') => (await lab.get(path, cookie)).text();
  expect(await leads(await load())).toBe('Leads 1');
  await lab.owner`update lead_statuses set captured_at = now() - interval '3 years' where tenant_id = ${lab.sol.id}`;
  expect(await leads(await again())).toBe('Leads 1');
  expect(await leads(await again('/e/sol/painel?periodo=7dias'))).toBe('Leads 0');
  expect(await leads(await load())).toBe('Leads 0');
  await lab.owner`update lead_statuses set captured_at = now() where tenant_id = ${lab.sol.id}`;
});

test('what to do now leads to the lists', async () => {
  const html = await load();
  expect(html).toContain('nenhum carrinho com pagamento pendente');
  expect(html).toContain('1 carrinho quente');
  expect(html).toContain('href="/e/sol/carrinhos?situacao=aguardando&amp;motivo=pagamento&amp;periodo=tudo"');
  expect(html).toContain('1 lead sem contato');
  expect(html).toContain('href="/e/sol/leads?contato=nenhum&amp;periodo=7dias"');
});

test('yesterday stands in plain words, ready to be pasted', async () => {
  const noon = lab.owner`(date_trunc('day', now() at time zone 'America/Sao_Paulo') - interval '12 hours') at time zone 'America/Sao_Paulo'`;
  const [was] = await lab.owner`select created_at from orders where tenant_id = ${lab.sol.id}`;
  await lab.owner`update orders set created_at = ${noon} where tenant_id = ${lab.sol.id}`;
  const [made] = await lab.owner`
    insert into contacts (tenant_id, entity, entity_id, channel, code, contacted_at)
    values (${lab.sol.id}, 'order', ${lab.sol.orderId}, 'whatsapp', 'codigo0002', ${noon}) returning id`;
  const text = /<p id="resumo-texto"[^>]*>([^<]*)</.exec(await load())![1];
  expect(text).toMatch(/^\*Maria Souza: resumo de \d\d\/\d\d\/\d{4}\*\nLeads: \d/);
  expect(text).toContain('Recuperados: 1 (R$ 189,90)\nPedidos pagos: 1 (R$ 189,90)\nContatos feitos: 1');
  await lab.owner`update orders set created_at = ${was!.createdAt} where tenant_id = ${lab.sol.id}`;
  await lab.owner`delete from contacts where tenant_id = ${lab.sol.id} and id = ${made!.id}`;
});

test('all periods answer, whole or as a fragment; "tudo" is compared with nothing', async () => {
  for (const query of [
    '?periodo=hoje',
    '?periodo=ontem',
    '?periodo=mes_atual',
    '?periodo=tudo',
    '?de=2019-01-01&ate=2026-12-31',
  ]) {
    const html = await load(query, cookie, fragment);
    expect([query, /^<title>Painel/.test(html)]).toEqual([query, true]);
  }
  expect(await load('?periodo=tudo')).not.toContain('class="change"');
});

test('a period without records names the last one and the way to 90 days', async () => {
  const html = await load('?de=2001-01-01&ate=2001-01-31');
  expect(html).toMatch(/Nada neste período\..*Último registro: \d\d\/\d\d\/\d{4}\./s);
  expect(html).toMatch(/href="\/e\/sol\/painel\?de=\d{4}-\d\d-\d\d&amp;ate=\d{4}-\d\d-\d\d"[^>]*>Ver últimos 90 dias/);
});

test('before the first sync the panel says so; while it runs it shows a skeleton, and fills by itself', async () => {
  const [tenant] = await lab.owner<
    { id: string }[]
  >`insert into tenants (slug, name) values ('nova', 'Nova') returning id`;
  const id = tenant!.id;
  const nova = { ...lab.sol, id, slug: 'nova' };
  const owner = await lab.signIn(nova);
  expect(await (await lab.get('/e/nova/painel', owner)).text()).toMatch(
    /Ainda não há dados\..*<a href="\/e\/nova\/conexao">Conectar a loja<\/a>/s,
  );

  const [site] = await lab.owner<{ id: string }[]>`
    insert into sites (tenant_id, slug, name) values (${id}, 'loja', 'Loja') returning id`;
  const [run] = await lab.owner<{ id: string }[]>`
    insert into runs (tenant_id, site_id, kind, state, started_at) values (${id}, ${site!.id}, 'full', 'reading', now()) returning id`;
  await lab.owner`
    insert into run_streams (tenant_id, run_id, source, stream, state, read_count, estimated_count)
    values (${id}, ${run!.id}, 'woocommerce-hpos', 'orders', 'reading', 62, 100)`;
  const html = await (await lab.get('/e/nova/painel', owner)).text();
  expect(html).toMatch(/<progress max="100" value="62"/);
  expect(html).toContain('class="skeleton"');
  expect(html).toContain('/e/nova/eventos?pagina=painel&amp;vazio=1');

  const response = await lab.get('/e/nova/eventos?pagina=painel&vazio=1', owner);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (word: string) => {
    for (let text = ''; !text.includes(word); ) {
      const chunk = await Promise.race([reader.read(), sleep(patienceMs).then(() => null)]);
      if (!chunk || chunk.done) throw new Error(`no "${word}"`);
      text += chunk.value;
    }
  };
  await until('skeleton');
  await createCart(lab.owner, {
    tenantId: id,
    siteId: site!.id,
    personName: 'Rita',
    email: 'rita@exemplo.example',
    number: 1,
    status: 'abandoned',
    orderId: null,
  });
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: id, kinds: ['cart'] })})`;
  await until('id="kpi-abandonados"');
  await reader.cancel();
});

test('a commit moves every tile in its place', async () => {
  const response = await lab.get('/e/sol/eventos?pagina=painel', cookie);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const chunk = await Promise.race([reader.read(), sleep(patienceMs).then(() => null)]);
      if (!chunk || chunk.done) throw new Error(`no ${pattern}`);
      text += chunk.value;
    }
  };
  await until(/hx-target="#kpi-recorrencia"/);
  for (const id of ['kpi-leads', 'kpi-taxa', 'grafico', 'grafico-tabela', 'funil', 'o-que-fazer', 'selo-sincronizacao'])
    expect(text).toContain(`hx-target="#${id}"`);
  text = '';
  await lab.owner`
    update cart_statuses set status = 'waiting', reason = 'in_progress' where tenant_id = ${lab.sol.id} and status = 'abandoned'`;
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: lab.sol.id, kinds: ['cart'] })})`;
  await until(/id="kpi-aguardando".*mais <a [^>]*>1 carrinho<\/a> em andamento/s);
  await reader.cancel();
});
