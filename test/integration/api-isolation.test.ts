// Every route of the router, asked with one company's session for another company's address and ids: 404, as for what does not exist.
// The list of routes comes from the router itself, so a new page is tested before anybody remembers to.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealedBox } from '#shared/sealed-box.ts';
import { fillPath, formOf, isApiRoute, listRoutes as routesOf, writeOf } from '../support/company-routes.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    select tenant_id, 'p:' || phone_e164, 'lead', id, phone_kind from leads`;
  await lab.owner`insert into sealing_keys (key_id, public_key) values ('prova', ${createSealedBox(Buffer.alloc(32, 7)).publicKey})`;
});
afterAll(async () => await lab.close());

/** The routes that belong to no company; every other one must begin with /e/:slug, or is the API's, with `?empresa=`. Those of account and administration ask for a session too. */
const publicRoutes = [
  'GET /',
  'GET /admin/empresas',
  'GET /admin/empresas/:id',
  'GET /api',
  'GET /api/openapi.json',
  'GET /conta',
  'GET /convite/:token',
  'GET /entrar',
  'GET /entrar/link/:token',
  'GET /health',
  'GET /health/',
  'GET /metrics',
  'GET /static/:file',
  'POST /admin/empresas',
  'POST /admin/empresas/:id',
  'POST /admin/empresas/:id/convites',
  'POST /admin/empresas/:id/entrar',
  'POST /admin/empresas/:id/reativar',
  'POST /admin/empresas/:id/suspender',
  'POST /admin/lojas/:id/sincronizar',
  'POST /admin/visitas/encerrar',
  'POST /conta/chaves',
  'POST /conta/chaves/:id/revogar',
  'POST /conta/duas-etapas',
  'POST /conta/duas-etapas/confirmar',
  'POST /conta/duas-etapas/desligar',
  'POST /conta/empresa',
  'POST /conta/senha',
  'POST /conta/sessoes/encerrar',
  'POST /convite/:token',
  'POST /entrar',
  'POST /entrar/codigo',
  'POST /entrar/link/:token',
  'POST /sair',
];

const listRoutes = () => routesOf(lab.app);
const isOfCompany = (route: string) => route.includes(' /e/:slug/') || isApiRoute(route);
const companyRoutes = () => listRoutes().filter(isOfCompany);

/** Writes that name no row of the company. */
const takesNoId: ReadonlySet<string> = new Set([
  'POST /e/:slug/configuracoes/cor',
  'POST /e/:slug/configuracoes/logo',

  'POST /e/:slug/mensagens/:audience',
  'POST /e/:slug/mensagens/:audience/previa',
  'POST /e/:slug/cupom',
  'POST /e/:slug/lgpd/retencao',
  'POST /e/:slug/lgpd/base-legal',
  'POST /e/:slug/preferencias',
  'POST /e/:slug/configuracoes',
  'POST /e/:slug/conexao/nova',
  'POST /e/:slug/usuarios/convites',
  'POST /e/:slug/leads',
  'POST /e/:slug/segmentos',
  'POST /api/leads',
]);

const send = async (route: string, path: string, form: Record<string, string> = {}) => {
  if (route.startsWith('GET')) return await lab.get(path, cookie);
  const { body, contentType } = writeOf(path, form);
  const headers = { Cookie: cookie, 'Content-Type': contentType, 'Sec-Fetch-Site': 'same-origin' };
  return await lab.app.request(path, { method: 'POST', body, headers });
};

test('every route either is public by this list or belongs to a company', () => {
  const routes = listRoutes();
  expect(routes.filter((route) => !isOfCompany(route))).toEqual(publicRoutes);
  expect(routes).toEqual(
    expect.arrayContaining([
      'GET /e/:slug/carrinhos',
      'GET /e/:slug/carrinhos/:id',
      'POST /e/:slug/sincronizacao/agora',
    ]),
  );
});

test('a stranger’s company answers 404 on every route, exactly as one that does not exist', async () => {
  for (const route of companyRoutes()) {
    const path = route.split(' ')[1]!;
    const foreign = await send(route, fillPath(path, lab.lua.slug, lab.lua), formOf(lab.lua));
    const unknown = await send(route, fillPath(path, 'nao-existe', lab.lua), formOf(lab.lua));
    expect([route, foreign.status, unknown.status]).toEqual([route, 404, 404]);
    const withoutCode = (html: string) => html.replace(/(código |"reference":")[0-9A-F]{4}/, '');
    expect(withoutCode(await foreign.text())).toBe(withoutCode(await unknown.text()));
  }
});

test('a stranger’s ids inside the own company answer 404', async () => {
  const withIds = companyRoutes().filter(
    (route) => (route.includes(':id') || route.startsWith('POST')) && !takesNoId.has(route),
  );
  expect(withIds.length).toBeGreaterThan(0);
  for (const route of withIds) {
    const path = route.split(' ')[1]!;
    const foreign = await send(route, fillPath(path, lab.sol.slug, lab.lua), formOf(lab.lua));
    expect([route, foreign.status]).toEqual([route, 404]);
  }
  expect(await lab.owner`select 1 from commands`).toHaveLength(0);
  expect(await lab.owner`select 1 from contacts where undone_at is null`).toHaveLength(0);
  expect(await lab.owner`select 1 from notes where undone_at is null`).toHaveLength(0);
});

test('the own company and ids do answer, so the 404s above are no accident', async () => {
  // What deletes comes last: the routes of the same thing need it.
  const deletes = (route: string) => Number(/\/(excluir|apagar)$/.test(route));
  for (const route of companyRoutes().sort((a, b) => deletes(a) - deletes(b))) {
    const response = await send(route, fillPath(route.split(' ')[1]!, lab.sol.slug, lab.sol), formOf(lab.sol));
    if (isApiRoute(route)) {
      expect([route, response.ok]).toEqual([route, true]);
      continue;
    }
    // Where WhatsApp is opened, or (the cart's phone is no number) why not.
    if (route.endsWith('/whatsapp') || route.endsWith('/previa')) {
      expect([route, response.status]).toEqual([route, expect.toSatisfy((status) => [200, 303, 409].includes(status))]);
      continue;
    }
    // The drawer opens from the list only; without htmx its address leads to the cart's page.
    const leadsToPage = route.startsWith('POST') || route.endsWith('/porque');
    // The link of an invitation is shown in the answer and never again.
    const showsLink = /convites(\/:id\/renovar)?$/.test(route);
    // Own ids, but a shop that these forms do not meet: a test that runs already, a choice that was never offered.
    if (/^POST .*\/(conexao|lgpd\/pedidos)\/|\/separar$/.test(route)) {
      expect([303, 409, 422]).toContain(response.status);
      continue;
    }
    // The API's mark, walked before, is another's fact about the same lead.
    if (route === 'POST /e/:slug/contatos') {
      expect([303, 409]).toContain(response.status);
      continue;
    }
    // Own cart, of which the shop keeps no session.
    if (route === 'POST /e/:slug/carrinhos/:id/link') {
      expect([route, response.status]).toEqual([route, 409]);
      continue;
    }
    // Own people, but nobody to unite them with and no word to take back.
    if (/\/clientes\/:id\/(unir|diferentes|desfazer)$/.test(route)) {
      expect([route, response.status]).toEqual([route, 422]);
      continue;
    }
    expect([route, response.status]).toEqual([route, leadsToPage && !showsLink ? 303 : 200]);
    await response.body?.cancel();
  }
});

test('a superadmin without membership enters no company', async () => {
  const root = await lab.signIn(lab.sol);
  await lab.owner`update users set is_superadmin = true where email like 'pessoa%'`;
  expect((await lab.get('/e/lua/carrinhos', root)).status).toBe(404);
});

test('without a session every company route leads to the login', async () => {
  for (const route of companyRoutes().filter((name) => name.startsWith('GET'))) {
    const path = fillPath(route.split(' ')[1]!, lab.sol.slug, lab.sol);
    const response = await lab.get(path);
    if (isApiRoute(route)) {
      expect([route, response.status]).toEqual([route, 401]);
      continue;
    }
    expect([route, response.status]).toEqual([route, 302]);
    expect(response.headers.get('Location')).toBe(`/entrar?${new URLSearchParams({ volta: path })}`);
  }
});

describe('writes', () => {
  test('a write from another site, or from nowhere, is refused on every route', async () => {
    for (const route of listRoutes().filter((name) => !name.startsWith('GET'))) {
      const path = fillPath(route.split(' ')[1]!.replace(':token', 'x'), lab.sol.slug, lab.sol);
      for (const headers of [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
        {},
      ] as Record<string, string>[]) {
        for (const contentType of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
          const response = await lab.app.request(path, {
            method: 'POST',
            body: `loja=${lab.sol.siteId}`,
            headers: { Cookie: cookie, 'Content-Type': contentType, ...headers },
          });
          expect([route, headers, response.status]).toEqual([route, headers, 403]);
        }
      }
    }
  });

  test('the own origin is accepted from browsers without Sec-Fetch-Site', async () => {
    const response = await lab.app.request('/e/sol/sincronizacao/agora', {
      method: 'POST',
      body: new URLSearchParams({ loja: lab.sol.siteId }),
      headers: { Cookie: cookie, Origin: 'http://carrinho.example' },
    });
    expect(response.status).toBe(303);
  });

  test('a viewer may not ask for a sync', async () => {
    const viewer = await lab.signIn(lab.sol, 'viewer');
    expect((await lab.post('/e/sol/sincronizacao/agora', { loja: lab.sol.siteId }, viewer)).status).toBe(403);
  });

  test('"Sincronizar agora" leaves a command and a job', async () => {
    const operator = await lab.signIn(lab.sol, 'operator');
    await lab.owner`delete from commands`;
    const response = await lab.post('/e/sol/sincronizacao/agora', { loja: lab.sol.siteId }, operator, {
      'HX-Request': 'true',
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`id="loja-${lab.sol.siteId}"`);
    expect(await lab.owner`select kind from commands where site_id = ${lab.sol.siteId}`).toMatchObject([
      { kind: 'sync_now' },
    ]);
    expect(await lab.owner`select key from graphile_worker.jobs where key like 'poll:%'`).toMatchObject([
      { key: `poll:${lab.sol.siteId}` },
    ]);
  });

  test('only who administers pauses, resumes and cancels a backfill', async () => {
    const { backfillId } = lab.sol;
    await lab.owner`update backfills set state = 'running', finished_at = null where id = ${backfillId}`;
    const path = (action: string) => `/e/sol/sincronizacao/reprocessos/${backfillId}/${action}`;
    const stateOf = async () => (await lab.owner`select state from backfills where id = ${backfillId}`)[0]!.state;
    const operator = await lab.signIn(lab.sol, 'operator');
    expect((await lab.post(path('pausar'), {}, operator)).status).toBe(403);
    expect(await stateOf()).toBe('running');
    expect(await (await lab.get('/e/sol/sincronizacao', operator)).text()).not.toContain(path('pausar'));
    const admin = await lab.signIn(lab.sol, 'admin');
    expect(await (await lab.get('/e/sol/sincronizacao', admin)).text()).toContain(path('pausar'));
    const response = await lab.post(path('pausar'), {}, admin, { 'HX-Request': 'true' });
    expect(await response.text()).toContain('Pausado');
    expect(await stateOf()).toBe('paused');
    await lab.post(path('cancelar'), {}, admin);
    await lab.post(path('retomar'), {}, admin);
    expect(await stateOf()).toBe('cancelled');
  });

  test('a body beyond the limit is refused', async () => {
    const response = await lab.post('/entrar', { email: 'a@exemplo.example', senha: 'x'.repeat(100_000) });
    expect(response.status).toBe(413);
  });
});

test('every answer carries the strict headers, errors and fragments too', async () => {
  const paths = [
    ...listRoutes()
      .filter((route) => route.startsWith('GET'))
      .map((route) => fillPath(route.split(' ')[1]!.replace(/:token|:file/, 'x'), 'sol', lab.sol)),
    '/e/lua/carrinhos',
    '/nada',
    '/e/sol/nada',
  ];
  for (const path of paths) {
    for (const headers of [{}, { 'HX-Request': 'true', 'HX-Request-Type': 'partial', 'HX-Target': 'main#conteudo' }]) {
      const response = await lab.get(path, cookie, headers as Record<string, string>);
      const policy = response.headers.get('Content-Security-Policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringContaining("script-src 'self'; style-src 'self'")]);
      expect(policy).not.toContain('unsafe');
      expect(policy).toContain("frame-ancestors 'none'");
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(response.headers.get('Referrer-Policy')).toBe('same-origin');
      expect(response.headers.get('Vary')).toContain('HX-Request-Type, HX-Target');
      await response.body?.cancel();
    }
  }
});
