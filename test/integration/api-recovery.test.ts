// "Por que recuperado?" as a person uses it, on the pages and in the terminal: what it shows, what may be said of a cart and by whom, and that what
// was said is in statuses and credit at once.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../daemon/cli.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { recomputeAll } from '../../daemon/recompute/recompute.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const silent = { info() {}, warn() {}, error() {} };
let lab: WebLab;
let daemon: Pool;
let operator: string;
let otherOrderId: string;
const fragment = { 'HX-Request': 'true', 'HX-Request-Type': 'partial' };
const page = () => `/e/sol/carrinhos/${lab.sol.cartId}`;

beforeAll(async () => {
  lab = await createWebLab({ personName: 'Maria <b>Souza</b>' });
  daemon = createPool({ url: lab.databaseUrl, role: 'carrinho_daemon', name: 'test-daemon', max: 2 });
  operator = await lab.signIn(lab.sol, 'operator');
  await lab.owner`update orders set order_number = external_id::text`;
  const [order] = await lab.owner<{ id: string }[]>`
    insert into orders (tenant_id, site_id, external_id, order_number, storage, wc_status, class, currency, total, total_minor, email, created_at, paid_at,
                        source_hash, first_seen_at, changed_at)
    values (${lab.sol.id}, ${lab.sol.siteId}, 4790, '4790', 'hpos', 'processing', 'paid', 'BRL', 50, 5000, 'outra@exemplo.example',
            now() - interval '90 days', now() - interval '90 days', 1, now(), now()) returning id`;
  otherOrderId = order!.id;
  for (const [key, entity, id] of [
    ['e:cliente-sol@exemplo.example', 'cart', lab.sol.cartId],
    ['e:cliente-sol@exemplo.example', 'order', lab.sol.orderId],
    ['e:outra@exemplo.example', 'order', otherOrderId],
  ] as const)
    await lab.owner`insert into match_keys (tenant_id, key, entity, entity_id) values (${lab.sol.id}, ${key}, ${entity}, ${id}) on conflict do nothing`;
  await lab.owner`insert into order_items (tenant_id, order_id, external_id, kind, name, product_id)
                  values (${lab.sol.id}, ${lab.sol.orderId}, 1, 'line_item', 'Sandália', 7)`;
  // Three hours between cart and order: no direct purchase.
  await lab.owner`update carts set first_activity_at = now() - interval '4 hours', last_activity_at = now() - interval '4 hours', coupon_code = null
                  where tenant_id = ${lab.sol.id}`;
  const [ana] = await lab.owner<
    { id: string }[]
  >`insert into users (email, name) values ('ana@exemplo.example', 'Ana <i>Lima</i>') returning id`;
  await lab.owner`insert into memberships (tenant_id, user_id, role) values (${lab.sol.id}, ${ana!.id}, 'operator')`;
  await lab.owner`insert into contacts (tenant_id, entity, entity_id, channel, user_id, contacted_at)
                  values (${lab.sol.id}, 'cart', ${lab.sol.cartId}, 'whatsapp', ${ana!.id}, now() - interval '2 hours')`;
  await recomputeAll(daemon, lab.sol.id as never, { now: new Date(), log: silent });
});
afterAll(async () => {
  await daemon?.end();
  await lab?.close();
});

const judge = (form: Record<string, string>, cookie = operator, headers: Record<string, string> = fragment) =>
  lab.post(`${page()}/ajuste`, form, cookie, headers);
const statusOf = async () => {
  const [row] = await lab.owner<
    { status: string; reason: string; bestOrderId: string | null; creditedOrderId: string | null }[]
  >`
    select status, reason, best_order_id, credited_order_id from cart_statuses where cart_id = ${lab.sol.cartId}`;
  return row!;
};
const text = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const carrinho = async (...args: string[]) => {
  let out = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      out += chunk;
      done();
    },
  });
  const code = await runCli(args, {
    env: { DATABASE_URL: lab.databaseUrl, PUBLIC_URL: 'https://painel.example' },
    stdout,
  });
  return { code, out };
};

test('the page names the order, its points, the contact before it and who made it; foreign text stays text', async () => {
  const html = await (await lab.get(page(), operator)).text();
  const shown = text(html);
  expect(shown).toContain('Por que recuperado?');
  expect(shown).toMatch(/Recuperado pelo pedido 4823 · R\$\s189,90 · confiança ALTA \(85\)/);
  expect(shown).toContain('cliente-sol@exemplo.example');
  expect(shown).toMatch(
    /Contato antes da compra: WhatsApp por Ana &lt;i&gt;Lima&lt;\/i&gt;, .* → classe “com contato”/,
  );
  expect(html).not.toContain('<i>Lima');
  const points = [...html.split('<tfoot>')[0]!.matchAll(/<td class="score-points">([+−])(\d+)/g)].map(
    ([, sign, value]) => (sign === '+' ? 1 : -1) * Number(value),
  );
  expect(points.reduce((sum, value) => sum + value, 0)).toBe(85);
});

test('the drawer of the list is the same fragment; without htmx its link leads to the page', async () => {
  const list = await (await lab.get('/e/sol/carrinhos?situacao=recuperados', operator)).text();
  expect(list).toContain(`hx-get="${page()}/porque"`);
  expect(list).toContain('id="gaveta"');
  const drawer = await (await lab.get(`${page()}/porque`, operator, fragment)).text();
  expect(drawer).toMatch(/^<div class="drawer" role="dialog"/);
  expect(drawer).toContain(`id="porque-${lab.sol.cartId}"`);
  const response = await lab.get(`${page()}/porque`, operator);
  expect([response.status, response.headers.get('Location')]).toEqual([303, page()]);
});

describe('what may be said', () => {
  test('no recovery, and undone: at once, with the author, and in the history', async () => {
    const refused = text(await (await judge({ acao: 'nao_foi_recuperacao' })).text());
    expect(await statusOf()).toEqual({
      status: 'abandoned',
      reason: 'window_open',
      bestOrderId: null,
      creditedOrderId: null,
    });
    expect(refused).toMatch(/Não foi recuperação · ajuste manual por Pessoa 1 em/);
    expect(refused).toContain('recusado à mão');
    expect(refused).toMatch(/Recuperado → Abandonado .* ajuste manual · Pessoa 1/);
    const undone = text(await (await judge({ acao: 'desfazer' })).text());
    expect((await statusOf()).creditedOrderId).toBe(lab.sol.orderId);
    expect(undone).not.toContain('ajuste manual por');
  });

  test('another order by its number, though nothing else leads to it; an unknown number is told', async () => {
    const shown = await judge({ acao: 'foi_pedido', pedido: ' 4790 ' });
    expect(text(await shown.text())).toContain('pedido escolhido à mão');
    expect(await statusOf()).toMatchObject({
      status: 'recovered',
      bestOrderId: otherOrderId,
      creditedOrderId: otherOrderId,
    });
    const unknown = await judge({ acao: 'foi_pedido', pedido: '999999' });
    expect(unknown.status).toBe(422);
    expect(text(await unknown.text())).toContain('Não há pedido com este número');
    expect((await statusOf()).bestOrderId).toBe(otherOrderId);
    await judge({ acao: 'foi_pedido', pedido_id: lab.sol.orderId });
    expect((await statusOf()).bestOrderId).toBe(lab.sol.orderId);
  });

  test('a status with a note; the last word replaces the one before', async () => {
    const shown = text(
      await (await judge({ acao: 'situacao', situacao: 'waiting', nota: 'prometeu <u>pagar</u>' })).text(),
    );
    expect(await statusOf()).toMatchObject({ status: 'waiting', reason: 'manual' });
    expect(shown).toContain('prometeu &lt;u&gt;pagar&lt;/u&gt;');
    const [counts] = await lab.owner<{ inForce: number; all: number }[]>`
      select count(*) filter (where undone_at is null)::int as in_force, count(*)::int as all from cart_overrides where cart_id = ${lab.sol.cartId}`;
    expect(counts).toEqual({ inForce: 1, all: 4 });
    const plain = await judge({ acao: 'desfazer' }, operator, {});
    expect([plain.status, plain.headers.get('Location')]).toEqual([303, page()]);
    expect((await statusOf()).status).toBe('recovered');
  });

  test('nobody else may: a viewer sees no buttons and no contact data, another site and another company get nowhere', async () => {
    const viewer = await lab.signIn(lab.sol, 'viewer');
    const html = await (await lab.get(page(), viewer)).text();
    expect(html).not.toMatch(/Não foi recuperação|\/ajuste|prometeu/);
    expect(html).not.toContain('cliente-sol@exemplo.example');
    expect((await judge({ acao: 'nao_foi_recuperacao' }, viewer)).status).toBe(403);
    expect((await judge({ acao: 'nao_foi_recuperacao' }, operator, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(
      403,
    );
    const stranger = await lab.signIn(lab.lua);
    expect((await judge({ acao: 'nao_foi_recuperacao' }, stranger)).status).toBe(404);
    expect((await lab.post(`/e/lua/carrinhos/${lab.sol.cartId}/ajuste`, { acao: 'desfazer' }, stranger)).status).toBe(
      404,
    );
    const theirs = await lab.signIn(lab.lua, 'operator');
    const foreign = await lab.post(
      `/e/lua/carrinhos/${lab.lua.cartId}/ajuste`,
      { acao: 'foi_pedido', pedido_id: otherOrderId },
      theirs,
      fragment,
    );
    expect(foreign.status).toBe(422);
    for (const situacao of ['', 'toString']) expect((await judge({ acao: 'situacao', situacao })).status).toBe(400);
    expect((await statusOf()).status).toBe('recovered');
  });

  test('two people at once: one word stays', async () => {
    await Promise.all([
      judge({ acao: 'nao_foi_recuperacao' }),
      judge({ acao: 'nao_foi_recuperacao' }),
      judge({ acao: 'situacao', situacao: 'waiting' }),
    ]);
    const [count] = await lab.owner<{ count: number }[]>`
      select count(*)::int from cart_overrides where cart_id = ${lab.sol.cartId} and undone_at is null`;
    expect(count!.count).toBe(1);
    await judge({ acao: 'desfazer' });
  });
});

describe('in the terminal', () => {
  test('mostrar carrinho prints what the drawer shows, with lines that add up', async () => {
    const { code, out } = await carrinho('mostrar', 'carrinho', '1', '--empresa=sol');
    expect(code).toBe(0);
    expect(out).toMatch(/Pedido 4823 · R\$ 189,90 · confiança alta \(85\)/);
    expect(out).toMatch(/Contato antes da compra: WhatsApp por Ana/);
    expect(out).toMatch(/Histórico: \d+ mudanças/);
    const json = JSON.parse((await carrinho('mostrar', 'carrinho', '1', '--empresa=sol', '--json')).out);
    expect(json).toMatchObject({ tenant: 'sol', number: '1', status: 'recovered', causalClass: 'contacted' });
    const lines: { points: number }[] = json.matches[0].lines;
    expect(lines.reduce((sum, { points }) => sum + points, 0)).toBe(85);
    expect((await carrinho('mostrar', 'carrinho', '999', '--empresa=sol', '--json')).code).toBe(1);
    expect((await carrinho('mostrar', 'carrinho', 'x', '--empresa=sol', '--json')).code).toBe(2);
  });

  test('carrinho ajustar says it and takes it back', async () => {
    const adjust = (...args: string[]) => carrinho('carrinho', 'ajustar', '1', '--empresa=sol', '--json', ...args);
    const refused = await adjust('--nao-foi-recuperacao', '--usuario=ana@exemplo.example', '--nota=foi na loja');
    expect(JSON.parse(refused.out)).toMatchObject({
      status: 'abandoned',
      overrides: [{ kind: 'not_recovery', author: 'Ana <i>Lima</i>', note: 'foi na loja' }, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(JSON.parse(refused.out).changes[0]).toMatchObject({ cause: 'by_hand', author: 'Ana <i>Lima</i>' });
    expect((await adjust('--foi-pedido=4790')).code).toBe(0);
    expect((await statusOf()).bestOrderId).toBe(otherOrderId);
    expect((await adjust('--foi-pedido=999999')).code).toBe(1);
    expect((await adjust('--situacao=aguardando')).code).toBe(0);
    expect(await statusOf()).toMatchObject({ status: 'waiting', reason: 'manual' });
    expect((await adjust()).code).toBe(2);
    expect((await adjust('--desfazer', '--situacao=aguardando')).code).toBe(2);
    expect((await adjust('--desfazer')).code).toBe(0);
    expect((await statusOf()).status).toBe('recovered');
  });

  test('the log of changes holds no personal data', async () => {
    const rows = await lab.owner<
      { facts: string }[]
    >`select facts::text from cart_transitions where tenant_id = ${lab.sol.id}`;
    expect(rows.length).toBeGreaterThan(6);
    expect(rows.filter(({ facts }) => /@|\+55|Maria|Ana/.test(facts))).toEqual([]);
  });
});
