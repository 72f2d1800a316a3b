// An open page: a snapshot first, a commit on the screen within two seconds, the same bytes for all, and an end with the session.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
});
afterAll(async () => await lab.close());

/** Reads a live connection event by event, heartbeats left out. */
function readEvents(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(timeoutMs = 60_000): Promise<string | null> {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          if (event !== ':') return event;
          continue;
        }
        const chunk = await Promise.race([
          reader.read(),
          sleep(Math.max(1, deadline - Date.now())).then(() => 'late' as const),
        ]);
        if (chunk === 'late') throw new Error('no event in time');
        if (chunk.done) return null;
        text += chunk.value;
      }
    },
    close: () => reader.cancel(),
  };
}

const openPage = async (query: string, as = cookie) =>
  readEvents(await lab.get(`/e/sol/eventos?${query}`, as, { Accept: 'text/html, text/event-stream' }));

const change = (tenantId: string, kinds: string[]) =>
  lab.owner.begin(async (tx) => {
    await tx`update cart_statuses set status = 'waiting', reason = 'in_progress' where tenant_id = ${tenantId} and status = 'abandoned'`;
    await tx`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: tenantId, kinds })})`;
  });

const changeBack = (tenantId: string) =>
  lab.owner.begin(async (tx) => {
    await tx`update cart_statuses set status = 'abandoned', reason = 'window_open' where tenant_id = ${tenantId} and status = 'waiting'`;
    await tx`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: tenantId, kinds: ['cart'] })})`;
  });

test('a snapshot first, then a commit within two seconds, as unnamed events of partials', async () => {
  const events = await openPage('pagina=carrinhos');
  const snapshot = (await events.next())!;
  expect(snapshot).toMatch(/^data: <hx-partial /);
  expect(snapshot).toContain('id="selo-sincronizacao"');
  expect(snapshot).toContain('Abandonado');
  const startedAt = Date.now();
  await change(lab.sol.id, ['cart']);
  const after = (await events.next())!;
  let delayMs = Date.now() - startedAt;
  // A busy machine is late now and then, a page that waited for a clock always.
  for (let turn = 0; turn < 10 && delayMs >= 2000; turn += 1) {
    await changeBack(lab.sol.id);
    await events.next();
    const againAt = Date.now();
    await change(lab.sol.id, ['cart']);
    await events.next();
    delayMs = Date.now() - againAt;
  }
  expect(delayMs).toBeLessThan(2000);
  expect(after).toContain('Nenhum carrinho abandonado neste período.');
  expect(after).toContain('<span id="contagem-aguardando" class="tab-count">1</span>');
  await events.close();
});

test('a row that changed comes alone, to a page that comes then the whole list', async () => {
  const query = 'pagina=carrinhos&situacao=todos&periodo=tudo';
  const events = await openPage(query);
  expect(await events.next()).toContain('<thead>');
  await lab.owner`update carts set name = 'Ana <b>Só</b>' where tenant_id = ${lab.sol.id} and id = (select min(id) from carts where tenant_id = ${lab.sol.id})`;
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: lab.sol.id, kinds: ['cart'] })})`;
  const change = (await events.next())!;
  expect(change).toMatch(/^data: <hx-partial hx-target="#carrinho-\d+" hx-swap="outerMorph"><tr id=/);
  expect(change).toContain('Ana &lt;b&gt;Só&lt;/b&gt;');
  expect(change.match(/<hx-partial/g)).toHaveLength(1);
  const late = await openPage(query);
  expect(await late.next()).toMatch(/<thead>[\s\S]*Ana &lt;b&gt;Só/);
  await late.close();
  await events.close();
});

test('another company’s commit moves nothing here', async () => {
  const events = await openPage('pagina=carrinhos&situacao=aguardando');
  await events.next();
  await change(lab.lua.id, ['cart']);
  await expect(events.next(800)).rejects.toThrow('no event in time');
  await events.close();
});

test('a batch moves the live bar of the sync page; many at once come as few events', async () => {
  const events = await openPage('pagina=sincronizacao');
  await events.next();
  const [run] = await lab.owner<{ id: string }[]>`
    insert into runs (tenant_id, site_id, kind, state, started_at) values (${lab.sol.id}, ${lab.sol.siteId}, 'full', 'reading', now()) returning id`;
  await lab.owner`
    insert into run_streams (tenant_id, run_id, source, stream, state, read_count, estimated_count)
    values (${lab.sol.id}, ${run!.id}, 'woocommerce-hpos', 'orders', 'reading', 0, 12400)`;
  for (let read = 100; read <= 3200; read += 100) {
    await lab.owner.begin(async (tx) => {
      await tx`update run_streams set read_count = ${read} where tenant_id = ${lab.sol.id} and run_id = ${run!.id}`;
      await tx`select pg_notify('carrinho_progress', ${JSON.stringify({ tenant: lab.sol.id, site: lab.sol.siteId, run: run!.id })})`;
    });
  }
  let count = 0;
  let event = '';
  do {
    event = (await events.next())!;
    count++;
  } while (!event.includes('3.200 de ≈ 12.400'));
  expect(count).toBeLessThan(15);
  await lab.owner`update runs set state = 'succeeded', finished_at = now() where id = ${run!.id}`;
  await events.close();
});

test('the steps of a run move the badge alone; rows are made again when a commit changed them', async () => {
  const events = await openPage('pagina=carrinhos&situacao=todos&periodo=tudo');
  await events.next();
  const [run] = await lab.owner<{ id: string }[]>`
    insert into runs (tenant_id, site_id, kind, state, started_at)
    values (${lab.sol.id}, ${lab.sol.siteId}, 'full', 'reading', now() - interval '1 minute') returning id`;
  await lab.owner`update carts set name = 'Bia' where tenant_id = ${lab.sol.id} and id = (select min(id) from carts where tenant_id = ${lab.sol.id})`;
  await lab.owner`select pg_notify('carrinho_progress', ${JSON.stringify({ tenant: lab.sol.id })})`;
  const step = (await events.next())!;
  expect(step).toContain('id="selo-sincronizacao"');
  expect(step).not.toContain('<tr');
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: lab.sol.id, kinds: ['cart'] })})`;
  expect(await events.next()).toMatch(/<tr id="carrinho-\d+"[\s\S]*Bia/);
  await lab.owner`update runs set state = 'succeeded', finished_at = now() where id = ${run!.id}`;
  await events.close();
});

test('logging out ends the open pages of that session with the event that leads to the login', async () => {
  const other = await lab.signIn(lab.sol);
  const events = await openPage('pagina=carrinhos', other);
  const stays = await openPage('pagina=carrinhos');
  await Promise.all([events.next(), stays.next()]);
  await lab.post('/sair', {}, other);
  expect(await events.next()).toBe('event: fim\ndata: fim');
  expect(await events.next()).toBeNull();
  await expect(stays.next(500)).rejects.toThrow('no event in time');
  await stays.close();
});

test('without a session the connection says the end, and nothing else', async () => {
  const events = await openPage('pagina=carrinhos', 'sessao=nada');
  expect(await events.next()).toBe('event: fim\ndata: fim');
  expect(await events.next()).toBeNull();
});

test('a membership taken away ends the stream too', async () => {
  const other = await lab.signIn(lab.sol);
  const events = await openPage('pagina=carrinhos', other);
  await events.next();
  const [gone] = await lab.owner<{ userId: string }[]>`
    delete from memberships where user_id = (select max(id) from users) returning user_id`;
  await lab.owner`select pg_notify('carrinho_session', ${JSON.stringify({ user: gone!.userId })})`;
  expect(await events.next()).toContain('event: fim');
});

test('when the listening connection is lost, what was committed meanwhile still arrives', async () => {
  const events = await openPage('pagina=carrinhos&situacao=recuperados');
  await events.next();
  const admin = lab.owner;
  await admin`set role none`;
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'carrinho-api-listen' and datname = current_database()`;
  await admin`set role carrinho_owner`;
  await admin`update cart_statuses set status = 'abandoned', reason = 'window_open' where tenant_id = ${lab.sol.id}`;
  expect(await events.next()).toContain('Nenhum carrinho recuperado neste período.');
  await events.close();
});

test('what is a user’s own is the session’s user’s, whatever the address says; the 21st open page is told that it stands still', async () => {
  const [ana, bia] = [await lab.signIn(lab.sol, 'operator'), await lab.signIn(lab.sol, 'operator')];
  const [{ id: anaId } = { id: '' }] = await lab.owner<{ id: string }[]>`select max(id) - 1 as id from users`;
  await lab.owner`
    insert into exports (tenant_id, user_id, list, format, options, filter_text, file_name, state, selected_count, row_count, part_count, requested_at, finished_at)
    values (${lab.sol.id}, ${anaId}, 'leads', 'csv', '{}', 'Leads de Ana', 'leads.csv', 'done', 1, 1, 1, now(), now())`;
  await lab.owner`
    insert into person_views (tenant_id, person_id, user_id, opened_at) values (${lab.sol.id}, ${lab.sol.personId}, ${anaId}, now())`;
  const first = async (query: string, as: string) => {
    const events = await openPage(query, as);
    const event = (await events.next())!;
    await events.close();
    return event;
  };
  expect(await first('pagina=exportacoes', ana)).toContain('Leads de Ana');
  expect(await first(`pagina=exportacoes&usuario=${anaId}`, bia)).not.toContain('Leads de Ana');
  expect(await first('pagina=fila', ana)).toContain('fila-total');
  expect(await first(`pagina=fila&eu=${anaId}`, bia)).not.toContain('fila-total');

  const open = await Promise.all(Array.from({ length: 20 }, () => openPage('pagina=fila', bia)));
  const refused = await lab.get('/e/sol/eventos?pagina=fila', bia, { 'HX-Request': 'true' });
  expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining('não se atualiza sozinha')]);
  expect(await open[0]!.next()).toContain('<hx-partial');
  for (const events of open) await events.close();
});

test('a page that pushes nothing is 404, and a broken payload harms nobody', async () => {
  expect((await lab.get('/e/sol/eventos?pagina=nada', cookie)).status).toBe(404);
  await lab.owner`select pg_notify('carrinho_changed', 'isto não é json')`;
  const events = await openPage('pagina=carrinhos');
  expect(await events.next()).toContain('<hx-partial');
  await events.close();
});
