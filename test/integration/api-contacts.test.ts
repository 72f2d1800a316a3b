// What operators do about records, as their browsers ask for it: marks with undo, conflict and cool-down, opt-outs, notes and the rest; who may; what is
// seen on other open pages; and that what people typed stays text (docs/rules.md, Contacts).
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWebLab, recomputeCompany, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let ana: string;
let bia: string;
let viewer: string;

beforeAll(async () => {
  lab = await createWebLab();
  ana = await lab.signIn(lab.sol, 'operator');
  bia = await lab.signIn(lab.sol, 'operator');
  viewer = await lab.signIn(lab.sol, 'viewer');
  await lab.owner`update users set name = 'Ana Lima' where email = 'pessoa1@exemplo.example'`;
  await lab.owner`update users set name = 'Bia Reis' where email = 'pessoa2@exemplo.example'`;
  // The lead, the cart and the order are one person.
  for (const [entity, id] of [
    ['lead', lab.sol.leadId],
    ['cart', lab.sol.cartId],
    ['order', lab.sol.orderId],
  ] as const)
    await lab.owner`
      insert into match_keys (tenant_id, key, entity, entity_id) values (${lab.sol.id}, 'e:cliente-sol@exemplo.example', ${entity}, ${id})
      on conflict do nothing`;
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    values (${lab.sol.id}, 'p:+5511987654321', 'lead', ${lab.sol.leadId}, 'mobile')`;
  await recomputeCompany(lab, lab.sol);
});
afterAll(async () => await lab.close());
beforeEach(async () => {
  for (const table of ['contacts', 'opt_outs', 'notes', 'record_tags', 'reminders', 'lead_stages'])
    await lab.owner`update ${lab.owner(table)} set undone_at = now() where undone_at is null`;
});

const lead = () => `lead:${lab.sol.leadId}`;
const marksId = () => `contato-lead-${lab.sol.leadId}`;
const panelId = () => `ficha-lead-${lab.sol.leadId}`;

/** A form of a list's row, or of the panel, as htmx sends it. */
async function post(path: string, form: Record<string, string>, { as = ana, target = marksId() } = {}) {
  const response = await lab.post(`/e/sol/${path}`, form, as, {
    'HX-Request': 'true',
    'HX-Request-Type': 'partial',
    'HX-Target': `div#${target}`,
  });
  return { status: response.status, html: await response.text() };
}
const mark = (more: Record<string, string> = {}, as = ana) =>
  post('contatos', { registro: lead(), canal: 'whatsapp', visto: '', ...more }, { as });

const timeInBrazil = (instant: Date) =>
  instant.toLocaleTimeString('pt-BR', { timeZone: 'America/Sao_Paulo', hour: '2-digit', minute: '2-digit' });
const dayInBrazil = (instant: Date) => instant.toLocaleDateString('pt-BR', { timeZone: 'America/Sao_Paulo' });
const inForce = () => lab.owner<{ id: string; channel: string }[]>`
  select id, channel, code, contacted_at as at from contacts where tenant_id = ${lab.sol.id} and undone_at is null order by id`;

test('a mark is a switch that is on, signed, announced and undone; the trail stays on the page', async () => {
  const list = await (await lab.get('/e/sol/leads', ana)).text();
  expect(list).toMatch(new RegExp(`id="${marksId()}-whatsapp"[^>]*aria-checked="false"`));
  const { status, html } = await mark();
  expect(status).toBe(200);
  const [row] = await inForce();
  const at = (row as unknown as { at: Date }).at;
  expect(html).toMatch(new RegExp(`id="${marksId()}-whatsapp"[^>]*aria-checked="true"`));
  expect(html).toContain(`<bdi>Ana</bdi>, ${dayInBrazil(at).slice(0, 5)} ${timeInBrazil(at)}`);
  expect(html).toMatch(
    new RegExp(`<hx-partial hx-target="#avisos"[^>]*>.*Marcado como enviado às ${timeInBrazil(at)}\\.`),
  );
  expect(await (await lab.get('/e/sol/leads', bia)).text()).toContain('Contactado');

  const undone = await post(`contatos/${row!.id}/desfazer`, { registro: lead() }, { as: bia });
  expect(undone.html).toMatch(new RegExp(`id="${marksId()}-whatsapp"[^>]*aria-checked="false"`));
  expect(undone.html).toContain('Marca desfeita.');
  const page = await (await lab.get(`/e/sol/leads/${lab.sol.leadId}`, ana)).text();
  expect(page).toMatch(/desfeito por <bdi>Bia<\/bdi>/);
  expect(page).toContain('<strong>Novo</strong>');
});

test('a mark recomputes its people, not the company: the bounds of the customers’ fifths stay those of the night', async () => {
  await mark();
  await lab.owner`update customer_bounds set computed_at = '2026-01-01' where tenant_id = ${lab.sol.id}`;
  await mark({ canal: 'email', forcar: '1' });
  expect(await lab.owner`select computed_at from customer_bounds where tenant_id = ${lab.sol.id}`).toEqual([
    { computedAt: new Date('2026-01-01T00:00:00Z') },
  ]);
  expect(await inForce()).toHaveLength(2);
});

test('who comes second sees the first, and may insist; without htmx too', async () => {
  await mark();
  const [row] = await inForce();
  const at = timeInBrazil((row as unknown as { at: Date }).at);
  const second = await mark({}, bia);
  expect(second.status).toBe(409);
  expect(second.html).toContain(`Ana já marcou às ${at}.`);
  expect(second.html).toContain('Marcar mesmo assim');
  // The question is not swept away by the live page.
  expect(second.html).toContain(`id="${marksId()}" class="marks" hx-morph-skip="true"`);
  const plain = await lab.post('/e/sol/contatos', { registro: lead(), canal: 'whatsapp', visto: '' }, bia);
  expect([plain.status, (await plain.text()).includes(`Ana já marcou às ${at}.`)]).toEqual([409, true]);
  expect(await inForce()).toHaveLength(1);

  const leave = await lab.get(`/e/sol/leads/${lab.sol.leadId}/contatos`, bia, {
    'HX-Request': 'true',
    'HX-Target': `div#${marksId()}`,
  });
  expect(await leave.text()).not.toContain('hx-morph-skip');
  expect((await mark({ forcar: '1' }, bia)).status).toBe(200);
  expect(await inForce()).toHaveLength(2);
});

test('of two operators at the same instant exactly one marks', async () => {
  const answers = await Promise.all([mark({}, ana), mark({}, bia), mark({}, ana), mark({}, bia)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  expect(await inForce()).toHaveLength(1);
});

test('another record of the person asks first: the cool-down', async () => {
  await mark();
  await lab.owner`update contacts set contacted_at = now() - interval '125 minutes' where undone_at is null`;
  const { status, html } = await post(
    'contatos',
    { registro: `pedido:${lab.sol.orderId}`, canal: 'email', visto: '' },
    { as: bia, target: `contato-order-${lab.sol.orderId}` },
  );
  expect(status).toBe(409);
  expect(html).toMatch(/Ana falou com esta pessoa (há 2 h|ontem às \d\d:\d\d) \(WhatsApp\)\./);
  expect(html).toContain('Enviar mesmo assim');
});

test('what blocks is said where the switch is, and no force breaks an opt-out', async () => {
  const today = dayInBrazil(new Date());
  const cart = await (await lab.get(`/e/sol/carrinhos/${lab.sol.cartId}`, ana)).text();
  expect(cart).toContain('Número inválido: falta o DDD');
  const order = await (await lab.get(`/e/sol/pedidos/${lab.sol.orderId}`, ana)).text();
  expect(order).toContain('Sem telefone');
  await lab.owner`update leads set phone_kind = 'landline' where id = ${lab.sol.leadId}`;
  expect(await (await lab.get('/e/sol/leads', ana)).text()).toContain('Telefone fixo: talvez não tenha WhatsApp');
  await lab.owner`update leads set phone_kind = 'mobile' where id = ${lab.sol.leadId}`;

  const refused = await post('nao-contatar', { registro: lead(), canal: 'todos' }, { target: panelId() });
  expect(refused.status).toBe(422);
  const said = await post(
    'nao-contatar',
    { registro: lead(), canal: 'whatsapp', motivo: 'pediu por mensagem' },
    { target: panelId() },
  );
  expect(said.html).toContain(`não quer mensagens desde ${today}`);
  expect(said.html).toContain('pediu por mensagem');
  const blocked = await mark({ forcar: '1' });
  expect([blocked.status, blocked.html.includes(`Pediu para não receber mensagens em ${today}`)]).toEqual([409, true]);
  expect(await (await lab.get(`/e/sol/pedidos/${lab.sol.orderId}`, bia)).text()).toContain('pediu por mensagem');
  expect(await inForce()).toHaveLength(0);

  await post('nao-contatar/retirar', { registro: `pedido:${lab.sol.orderId}`, canal: 'whatsapp' }, { as: bia });
  expect((await mark()).status).toBe(200);
});

test('notes, tags, reminders and stages come, are refused with a reason, and go', async () => {
  const at = { target: panelId() };
  for (const [path, form, sentence] of [
    ['notas', { texto: ' \0 ' }, 'A nota está vazia.'],
    ['notas', { texto: 'x'.repeat(10_001) }, 'A nota passa de 10.000 caracteres.'],
    ['etiquetas', { etiqueta: 'x'.repeat(61) }, 'A etiqueta passa de 60 caracteres.'],
    ['lembretes', { dia: '2030-02-30' }, 'Diga o dia do lembrete.'],
    [`leads/${lab.sol.leadId}/situacao`, { situacao: 'lost' }, 'Diga por que o lead foi perdido.'],
  ] as [string, Record<string, string>, string][]) {
    const { status, html } = await post(path, { registro: lead(), ...form }, at);
    expect([path, status, html.includes(sentence)]).toEqual([path, 422, true]);
  }
  await post('notas', { registro: lead(), texto: 'Prefere falar à tarde' }, at);
  await post('etiquetas', { registro: lead(), etiqueta: '  Atacado   grande ' }, at);
  await post('lembretes', { registro: lead(), dia: '2030-01-31', texto: 'Perguntar o tamanho' }, at);
  const { html } = await post(
    `leads/${lab.sol.leadId}/situacao`,
    { registro: lead(), situacao: 'lost', motivo: 'comprou em outra loja' },
    at,
  );
  for (const text of ['Prefere falar à tarde', 'Atacado grande', '31/01/2030 09:00', 'comprou em outra loja'])
    expect(html).toContain(text);
  // The order's page shows what is known of the person, and where it was written.
  const order = await (await lab.get(`/e/sol/pedidos/${lab.sol.orderId}`, bia)).text();
  expect(order).toContain('Prefere falar à tarde');
  expect(order).toContain(`<a href="/e/sol/leads/${lab.sol.leadId}">lead</a>`);

  const ids = [...html.matchAll(/hx-post="(\/e\/sol\/(?:notas|etiquetas|lembretes)\/\d+\/[a-z]+)"/g)].map(
    (found) => found[1]!,
  );
  expect(ids).toHaveLength(3);
  let last = '';
  for (const path of ids) last = (await post(path.slice('/e/sol/'.length), { registro: lead() }, at)).html;
  for (const text of ['Nenhuma nota.', 'Nenhuma etiqueta.', 'Nenhum lembrete.']) expect(last).toContain(text);
  const authors =
    await lab.owner`select undone_by is not null as known from notes where body = 'Prefere falar à tarde'`;
  expect(authors).toMatchObject([{ known: true }]);
});

test('what people type is text: markup, emoji, right-to-left, ten thousand characters', async () => {
  const hostile = `<script>alert(1)</script> 👩‍🦱 \u202eמריה "><img src=x>`;
  const long = `${hostile}${'a'.repeat(10_000 - [...hostile].length)}`;
  const at = { target: panelId() };
  await post('notas', { registro: lead(), texto: long }, at);
  await post('etiquetas', { registro: lead(), etiqueta: hostile }, at);
  await post('lembretes', { registro: lead(), dia: '2030-01-31', texto: hostile }, at);
  await post('nao-contatar', { registro: lead(), canal: 'phone', motivo: hostile }, at);
  await post('contatos', { registro: lead(), canal: 'whatsapp', modelo: hostile }, at);
  await post(`leads/${lab.sol.leadId}/situacao`, { registro: lead(), situacao: 'lost', motivo: hostile }, at);
  const escaped = '&lt;script&gt;alert(1)&lt;/script&gt; 👩‍🦱 \u202eמריה &quot;&gt;&lt;img src=x&gt;';
  const html = await (await lab.get(`/e/sol/leads/${lab.sol.leadId}`, ana)).text();
  expect(html.split(escaped).length - 1).toBeGreaterThanOrEqual(6);
  expect(html).not.toMatch(/<script>alert|<img src=x/);
  expect(html).toContain('a'.repeat(9_000));
});

test('a viewer sees marks and notes without contacts, has no form, and may do nothing', async () => {
  await mark();
  await post('notas', { registro: lead(), texto: 'zap 11 98765-4321' });
  const html = await (await lab.get(`/e/sol/leads/${lab.sol.leadId}`, viewer)).text();
  expect(html).toContain('<bdi>Ana</bdi>');
  expect(html).not.toContain('98765');
  expect(html).not.toContain('name="registro"');
  for (const path of [
    'contatos',
    `contatos/${(await inForce())[0]!.id}/desfazer`,
    'nao-contatar',
    'nao-contatar/retirar',
    'notas',
    'etiquetas',
    'lembretes',
    `leads/${lab.sol.leadId}/situacao`,
  ])
    expect([path, (await post(path, { registro: lead(), canal: 'whatsapp' }, { as: viewer })).status]).toEqual([
      path,
      403,
    ]);
  expect(await inForce()).toHaveLength(1);
});

test('a mark is at once on the other open pages, on those of other records of the person too', async () => {
  const pages = await Promise.all(
    ['pagina=leads', `pagina=leads&id=${lab.sol.leadId}`, `pagina=pedidos&id=${lab.sol.orderId}`].map(async (query) => {
      const response = await lab.get(`/e/sol/eventos?${query}`, bia, { Accept: 'text/event-stream' });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      return { query, reader, text: '' };
    }),
  );
  const readUntil = async (page: (typeof pages)[number], wanted: RegExp, deadline: number) => {
    while (!wanted.test(page.text)) {
      const left = deadline - Date.now();
      const chunk = await Promise.race([page.reader.read(), sleep(Math.max(1, left)).then(() => 'late' as const)]);
      if (chunk === 'late' || chunk.done) return false;
      page.text += chunk.value;
    }
    return true;
  };
  for (const page of pages) expect(await readUntil(page, /hx-partial/, Date.now() + 60_000)).toBe(true);
  for (const page of pages) page.text = '';
  await mark();
  const deadline = Date.now() + 60_000;
  for (const page of pages)
    expect([page.query, await readUntil(page, /<bdi>Ana<\/bdi>/, deadline)]).toEqual([page.query, true]);
  for (const page of pages) await page.reader.cancel();
});
