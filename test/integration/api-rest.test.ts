// The API: what a personal token opens and when it stops, answers that are what `carrinho listar --json` prints and what the OpenAPI document says,
// refusals as JSON, and a lead by hand that is a lead like the others.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { apiDocument } from '../../api/rest/openapi.ts';
import { commonAnswers, healthAnswer, type Operation, operations } from '../../api/rest/operations.ts';
import { createServer } from '../../api/server.ts';
import { runCli } from '../../daemon/cli.ts';
import { listRoutes } from '../support/company-routes.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let cookie: string;
let all: string;

const form = { nome: 'Extensão', dias: '30' };

beforeAll(async () => {
  lab = await createWebLab({ rateLimits: { session: { burst: 60, perSecond: 0.001 } } });
  cookie = await lab.signIn(lab.sol, 'operator');
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    select tenant_id, 'p:' || phone_e164, 'lead', id, phone_kind from leads`;
  all = await makeToken(cookie, ['read', 'mark', 'create_leads']);
});
afterAll(async () => await lab.close());

/** Makes a token on Minha conta and reads it from the page, as its person does. */
async function makeToken(signedIn: string, scopes: string[], company = lab.sol): Promise<string> {
  const body = new URLSearchParams([
    ...Object.entries({ ...form, empresa: company.id }),
    ...scopes.map((scope) => ['pode', scope]),
  ]);
  const headers = { Cookie: signedIn, 'Sec-Fetch-Site': 'same-origin' };
  const html = await (await lab.app.request('/conta/chaves', { method: 'POST', body, headers })).text();
  return /value="(cel_[\w-]{43})"/.exec(html)![1]!;
}

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
type Json = Record<string, any>;

/** Asks as a program does: no cookie, no Sec-Fetch-Site. Every answer is what the document promises. */
async function ask(
  path: string,
  { token = all, body, method = body ? 'POST' : 'GET' }: { token?: string; body?: object; method?: string } = {},
) {
  const response = await lab.app.request(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = (await response.json()) as Json;
  const schema = schemaOf(method, path, response.status);
  if (schema) expect([path, schema.safeParse(json).error?.issues ?? []]).toEqual([path, []]);
  return { status: response.status, json, headers: response.headers };
}

function schemaOf(method: string, path: string, status: number): z.ZodType | null {
  const plain = path
    .replace(/\?.*/, '')
    .replace(/\/?$/, '/')
    .replace(/\/\d+\//, '/:id/');
  const found = (Object.values(operations) as unknown as Operation[]).find(
    (one) => one.path === plain && one.method === method.toLowerCase(),
  );
  const answer = found?.answers[status] ?? commonAnswers[status];
  if (found && !answer) throw new Error(`${method} ${path} answered ${status}, which the document does not know`);
  return answer?.schema ?? null;
}

test('the document names exactly the routes that the router has, and every schema of it is whole', async () => {
  const document = (await (await lab.get('/api/openapi.json')).json()) as ReturnType<typeof apiDocument>;
  expect(document).toEqual(JSON.parse(JSON.stringify(apiDocument('http://carrinho.example'))));
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map(
      (method) => `${method.toUpperCase()} ${path.replace('{id}', ':id').replace(/(?<=^\/api.*)\/$/, '')}`,
    ),
  );
  const routes = listRoutes(lab.app).filter((route) => / \/api\/|\/health\//.test(route) && !route.includes('openapi'));
  expect(documented.sort()).toEqual(routes);
  for (const item of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(item)) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      for (const { description, content } of Object.values(responses)) {
        expect(description).not.toBe('');
        expect(content['application/json'].schema).toMatchObject({ type: 'object', additionalProperties: false });
      }
    }
  }
  const page = await (await lab.get('/api/')).text();
  for (const path of Object.keys(document.paths).filter((one) => one.startsWith('/api/')))
    expect(page).toContain(`>${path}<`);
});

test('a list has the rows of `listar --json`, with our id beside them, and goes on where the page ended', async () => {
  for (const [path, what] of [
    ['/api/leads/', 'leads'],
    ['/api/carts/', 'carrinhos'],
    ['/api/orders/', 'pedidos'],
    ['/api/customers/?ordering=personId', 'clientes'],
  ] as const) {
    const lines: string[] = [];
    const stdout = new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk));
        done();
      },
    });
    await runCli(['listar', what, '--empresa=sol', '--json'], { env: { DATABASE_URL: lab.databaseUrl }, stdout });
    const printed = lines
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    const { json } = await ask(path);
    const rows = (json.results as Json[]).map(({ id: _, ...row }) => row);
    expect([what, rows]).toEqual([what, printed]);
    expect(printed.length).toBeGreaterThan(0);
  }
  const first = await ask('/api/carts?limite=1');
  const second = await ask(first.json.next.replace('http://carrinho.example', ''));
  expect([first.json.results[0].sourceId, second.json.results[0].sourceId, second.json.next]).toEqual(['1', '2', null]);
  expect((await ask('/api/orders/?de=2001-01-01&ate=2001-01-31')).json.results).toEqual([]);
  expect((await ask('/api/figures/?periodo=7dias')).json).toMatchObject({ currency: 'BRL', leads: 1 });
});

test('people are found, ordered and paged as in the original', async () => {
  await lab.owner`
    with person as (insert into people (tenant_id) values (${lab.sol.id}) returning tenant_id, id)
    insert into customer_statuses (tenant_id, person_id, status, recent_order_count, recent_net_minor, last_seen_at, changed_at)
    select tenant_id, id, 'never_bought', 0, 0, now(), now() from person`;
  const page = await ask('/api/customers/?page_size=1&page=2&ordering=-net');
  expect(page.json).toMatchObject({ count: 2, next: null, previous: expect.stringContaining('page=1') });
  expect((await ask('/api/customers/?page_size=1&ordering=-net')).json.results[0].personId).toBe(lab.sol.personId);
  expect((await ask('/api/customers/?status=first_purchase')).json.count).toBe(1);
  for (const search of ['maria', 'cliente-sol@exemplo.example', '11 98765 4321', '+55 (11) 98765-4321']) {
    const { json } = await ask(`/api/customers/?${new URLSearchParams({ search })}`);
    expect([search, json.results.map((row: Json) => row.personId)]).toEqual([search, [lab.sol.personId]]);
  }
  expect((await ask('/api/customers/?search=ninguem')).json).toMatchObject({ count: 0, results: [] });
  const person = await ask(`/api/customers/${lab.sol.personId}/`);
  expect(person.json.keys.map(({ key }: Json) => key)).toContain('cliente-sol@exemplo.example');
  expect(
    await lab.owner`select facts ? 'token' as by_token from audit_log where action = 'person.viewed'`,
  ).toMatchObject([{ byToken: true }]);
  await lab.owner`delete from customer_statuses where status = 'never_bought'`;
});

test('what cannot be understood or found is said as JSON, in Portuguese', async () => {
  const { status, json } = await ask('/api/leads/?limite=5000');
  expect([status, json.error.code]).toEqual([422, 'invalid']);
  expect(json.error.message).toMatch(/limite: .*1000/);
  expect((await ask('/api/leads/?situacao=novo')).status).toBe(422);
  expect((await ask('/api/leads/?loja=nao-ha')).status).toBe(404);
  expect((await ask('/api/nada')).json.error).toMatchObject({
    code: 'not_found',
    reference: expect.stringMatching(/^[0-9A-F]{4}$/),
  });
  for (const [headers, body, expected] of [
    [{ 'Content-Type': 'text/plain' }, '{}', 'not_json'],
    [{ 'Content-Type': 'application/json' }, '{', 'bad_json'],
  ] as const) {
    const response = await lab.app.request('/api/leads/', {
      method: 'POST',
      body,
      headers: { ...headers, Authorization: `Bearer ${all}` },
    });
    expect((await response.json()) as Json).toMatchObject({ error: { code: expected } });
  }
});

test('a token opens what it was made for, in its company, until it is revoked or over', async () => {
  const reader = await makeToken(cookie, ['read']);
  const { leadId } = lab.sol;
  expect((await ask('/api/leads/', { token: reader })).status).toBe(200);
  const mark = { record: { entity: 'lead', id: leadId }, channel: 'phone' };
  expect((await ask('/api/contacts/', { token: reader, body: mark })).json.error.code).toBe('scope');
  expect((await ask('/api/leads/', { token: reader, body: { phone: '11 95555-1111' } })).json.error.code).toBe('scope');
  for (const path of [
    '/api/leads/?empresa=lua',
    `/api/leads/${lab.lua.leadId}/`,
    `/api/carts/${lab.lua.cartId}/`,
    `/api/orders/${lab.lua.orderId}/`,
    `/api/customers/${lab.lua.personId}/`,
  ]) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
  const theirs = { record: { entity: 'lead', id: lab.lua.leadId }, channel: 'phone' };
  expect((await ask('/api/contacts/', { body: theirs })).status).toBe(404);
  expect((await ask(`/api/contacts/${lab.lua.contactId}/undo/`, { method: 'POST' })).status).toBe(404);

  // A viewer's token sees masked contacts and marks nobody, whatever it was made for.
  const viewer = await makeToken(await lab.signIn(lab.sol, 'viewer'), ['read', 'mark']);
  expect((await ask(`/api/leads/${leadId}/`, { token: viewer })).json).toMatchObject({
    phoneE164: '(11) 9****-4321',
    phoneRaw: null,
    email: 'c***@e***.example',
  });
  expect(JSON.stringify((await ask('/api/customers/', { token: viewer })).json)).not.toContain('cliente-sol@');
  expect((await ask('/api/contacts/', { token: viewer, body: mark })).json.error.code).toBe('forbidden');
  await lab.owner`update tenants set suspended_at = now() where id = ${lab.sol.id}`;
  expect((await ask('/api/contacts/', { body: mark })).json.error.code).toBe('suspended');
  await lab.owner`update tenants set suspended_at = null where id = ${lab.sol.id}`;

  // Of the token only a hash is kept, and its use is seen.
  expect(await lab.owner`select 1 from api_tokens where last_used_at is null`).toHaveLength(0);
  expect(JSON.stringify(await lab.owner`select * from api_tokens`)).not.toContain(reader);
  expect(lab.logLines.join('\n')).not.toContain(reader);

  const account = await (await lab.get('/conta', cookie)).text();
  expect(account).not.toContain(reader);
  const [newest] = await lab.owner<{ id: string }[]>`select id from api_tokens where scopes = '{read}'`;
  const stranger = await lab.signIn(lab.sol, 'owner');
  expect((await lab.post(`/conta/chaves/${newest!.id}/revogar`, {}, stranger)).status).toBe(404);
  expect((await lab.post(`/conta/chaves/${newest!.id}/revogar`, {}, cookie)).status).toBe(303);
  expect((await ask('/api/leads/', { token: reader })).status).toBe(401);
  const old = await makeToken(cookie, ['read']);
  await lab.owner`update api_tokens set expires_at = now() where scopes = '{read}'`;
  // Neither a token that is over nor a broken one falls back to the session beside it.
  for (const authorization of [`Bearer ${old}`, 'Bearer cel_x', 'Basic abc']) {
    const response = await lab.get('/api/leads/', cookie, { Authorization: authorization });
    expect([authorization, response.status]).toEqual([authorization, 401]);
  }
  const gone = await makeToken(cookie, ['read']);
  await lab.owner`update memberships set role = 'viewer' where tenant_id = ${lab.sol.id} and role = 'operator'`;
  expect((await ask(`/api/leads/${leadId}/`, { token: gone })).json.email).toContain('***');
  await lab.owner`update memberships set role = 'operator' where tenant_id = ${lab.sol.id} and user_id = (select max(user_id) from api_tokens where scopes = '{read,mark,create_leads}')`;
  expect(
    (await lab.owner`select action from audit_log where action like 'token.%' order by id`).map(({ action }) => action),
  ).toEqual(expect.arrayContaining(['token.created', 'token.revoked']));
});

test('a mark that somebody else made first is a conflict, one too soon a cool-down, and an opt-out is final', async () => {
  const record = { entity: 'lead', id: lab.sol.leadId };
  const made = await ask('/api/contacts/', { body: { record, channel: 'whatsapp' } });
  expect(made).toMatchObject({ status: 201, json: { record, contact: { channel: 'whatsapp' }, warning: null } });
  const again = await ask('/api/contacts/', { body: { record, channel: 'whatsapp' } });
  expect([again.status, again.json.error.code, again.json.mark.id]).toEqual([409, 'conflict', made.json.contact.id]);
  expect(again.json.error.message).toMatch(/^\S+ já marcou às \d\d:\d\d\.$/);
  const email = await ask('/api/contacts/', { body: { record, channel: 'email' } });
  expect([email.status, email.json.error.code]).toEqual([409, 'cool_down']);
  expect((await ask('/api/contacts/', { body: { record, channel: 'email', force: true } })).status).toBe(201);
  expect((await ask(`/api/leads/${record.id}/`)).json.contact.whatsapp.mark.id).toBe(made.json.contact.id);
  expect(await ask(`/api/contacts/${made.json.contact.id}/undo/`, { method: 'POST' })).toMatchObject({
    status: 200,
    json: { record },
  });
  expect((await ask(`/api/leads/${record.id}/`)).json.contact.whatsapp.mark).toBeNull();
  await lab.owner`insert into opt_outs (tenant_id, key, channel, source, reason, created_at) values (${lab.sol.id}, 'p:+5511987654321', 'all', 'operator', '', now())`;
  const blocked = await ask('/api/contacts/', { body: { record, channel: 'whatsapp', force: true } });
  expect([blocked.status, blocked.json.error.code, blocked.json.block.code]).toEqual([409, 'blocked', 'opted_out']);
  await lab.owner`delete from opt_outs`;
});

test('a lead by hand is one lead, is found, and becomes a customer when the shop gets an order with its phone', async () => {
  const saved = await ask('/api/leads/', { body: { name: 'Rita Nova', phone: '11 95555-4444', origin: 'whatsapp' } });
  expect(saved).toMatchObject({
    status: 201,
    json: { phoneE164: '+5511955554444', customerStatus: 'not_customer', formId: 'whatsapp' },
  });
  const twice = await ask('/api/leads/', { body: { phone: '(11) 95555-4444' } });
  expect([twice.status, twice.json.error.code, twice.json.lead.id]).toEqual([409, 'exists', saved.json.id]);
  const bad = await ask('/api/leads/', { body: { phone: '12' } });
  expect([bad.status, bad.json.error.message]).toEqual([422, expect.stringContaining('DDD')]);
  expect((await ask('/api/leads/', { body: { name: 'Sem contato' } })).status).toBe(422);
  expect((await ask('/api/customers/?search=rita')).json.results).toMatchObject([
    { name: 'Rita Nova', status: 'never_bought' },
  ]);

  // The same by the form, which asks first.
  const shown = await lab.post('/e/sol/leads', { nome: 'Rita', telefone: '11955554444' }, cookie);
  expect(shown.status).toBe(409);
  expect(await shown.text()).toContain(`/e/sol/leads/${saved.json.id}`);
  expect((await lab.post('/e/sol/leads', { telefone: '99' }, cookie)).status).toBe(422);
  const page = await (await lab.get(`/e/sol/leads/${saved.json.id}`, cookie)).text();
  expect(page).toContain('Contato visto no WhatsApp');
  expect(await (await lab.get('/e/sol/leads', cookie)).text()).toContain('Rita Nova');

  const [order] = await lab.owner<{ id: string }[]>`
    insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, phone_e164, phone_status, phone_kind,
                        created_at, paid_at, source_hash, first_seen_at, changed_at)
    values (${lab.sol.id}, ${lab.sol.siteId}, 9001, 'hpos', 'completed', 'paid', 'BRL', 80, 8000, '+5511955554444', 'valid', 'mobile',
            now() + interval '1 hour', now() + interval '1 hour', 1, now(), now()) returning id`;
  await lab.owner`insert into match_keys (tenant_id, key, entity, entity_id, phone_kind) values (${lab.sol.id}, 'p:+5511955554444', 'order', ${order!.id}, 'mobile')`;
  const quiet = new Writable({ write: (_chunk, _encoding, done) => done() });
  await runCli(['recalcular', '--empresa=sol'], { env: { DATABASE_URL: lab.databaseUrl }, stdout: quiet });
  const lead = await ask(`/api/leads/${saved.json.id}/`);
  expect(lead.json).toMatchObject({ customerStatus: 'became_customer', phoneRaw: '11 95555-4444' });
  expect((await ask('/api/customers/?search=rita')).json.results).toMatchObject([{ paidOrders: 1, net: '80.00' }]);
});

test('a token that asks too much waits, as JSON; health tells whether a daemon was heard of, and nothing else', async () => {
  const busy = await makeToken(await lab.signIn(lab.lua, 'owner'), ['read'], lab.lua);
  // Many at once, each refused early: what counts is that they were asked.
  const answers = await Promise.all(Array.from({ length: 61 }, () => ask('/api/leads/?limite=0', { token: busy })));
  const statuses = answers.map(({ status }) => status).sort();
  expect([statuses.filter((status) => status === 422).length, statuses.at(-1)]).toEqual([60, 429]);
  const refused = await ask('/api/leads/', { token: busy });
  expect([refused.json.error.code, Number(refused.headers.get('Retry-After')) > 0]).toEqual([
    'too_many_requests',
    true,
  ]);

  const health = async () => {
    const response = await lab.get('/health/');
    return [response.status, healthAnswer.parse(await response.json())];
  };
  expect(await health()).toEqual([503, { status: 'error', database: 'ok', daemon: 'error' }]);
  await lab.owner.begin(async (tx) => {
    await tx`set local role carrinho_daemon`;
    await tx`insert into daemons (id, version, host, pid) values (gen_random_uuid(), '1', 'x', 1)`;
  });
  expect(await health()).toEqual([200, { status: 'ok', database: 'ok', daemon: 'ok' }]);
});

test('the examples of docs/api.md run as they stand there', async () => {
  const examples = [...readFileSync('docs/api.md', 'utf8').matchAll(/```sh\n([\s\S]+?)```/g)].map(([, text]) => text!);
  expect(examples.length).toBeGreaterThan(5);
  const token = await makeToken(await lab.signIn(lab.sol, 'operator'), ['read', 'mark', 'create_leads']);
  const server = createServer(lab.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    const env = {
      ...process.env,
      CHAVE: token,
      ENDERECO: `http://127.0.0.1:${port}`,
      LEAD: lab.sol.leadId,
      MARCA: lab.sol.contactId,
    };
    const run = async (example: string) => {
      const checked = example.replaceAll('curl ', 'curl --silent --show-error --fail-with-body ');
      const { stdout } = await promisify(execFile)('bash', ['-c', checked], { env });
      expect(() => JSON.parse(stdout), example).not.toThrow();
    };
    await Promise.all(examples.map(run));
  } finally {
    server.close();
  }
});

test('lists that an operator reads count with files against the day’s limit; an administrator’s do not, nor what a viewer sees masked', async () => {
  const { id, orderId } = lab.sol;
  const tokenOf = async (role: 'viewer' | 'operator' | 'admin') =>
    await makeToken(await lab.signIn(lab.sol, role), ['read']);
  const [operator, admin, viewer] = [await tokenOf('operator'), await tokenOf('admin'), await tokenOf('viewer')];
  const list = async (token: string) => (await ask('/api/orders/?limite=1', { token })).status;
  await lab.owner`update tenants set export_rows_per_day = 2 where id = ${id}`;
  const refused = async () => (await ask('/api/customers/?page_size=1', { token: operator })).json.error;
  expect([await list(operator), await list(operator)]).toEqual([200, 200]);
  expect(await refused()).toMatchObject({ code: 'export_limit', message: expect.stringContaining('leva 2 linhas') });
  for (const token of [admin, viewer])
    expect([await list(token), await list(token), await list(token)]).toEqual([200, 200, 200]);
  expect((await ask(`/api/orders/${orderId}/`, { token: operator })).status).toBe(200);
  await lab.owner`update tenants set export_rows_per_day = 500 where id = ${id}`;
  expect(await list(operator)).toBe(200);
});
