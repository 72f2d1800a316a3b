// How people get in and stay in order: invitations, the last owner, passwords and sessions, suspended companies, the health board, the company's look,
// the log, and the limits of asking.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer } from '../../api/server.ts';
import { contrast, themeOf } from '../../web/theme.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let owner: string;

beforeAll(async () => {
  lab = await createWebLab();
  owner = await lab.signIn(lab.sol);
});
afterAll(async () => await lab.close());

const cookieOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split(';')[0]!;
const linkIn = (html: string) => /http:\/\/carrinho\.example(\/convite\/[\w-]{43})/.exec(html)?.[1] ?? '';
const invite = async (email: string, papel: string, cookie = owner) =>
  await lab.post('/e/sol/usuarios/convites', { email, papel }, cookie);

test('an invitation lets in once, with the role it was given, and an account that exists signs in first', async () => {
  const response = await invite('nova@exemplo.example', 'operator');
  expect(response.status).toBe(200);
  const link = linkIn(await response.text());
  expect(await (await lab.get(link)).text()).toContain('Operador');
  const form = { nome: 'Nina Prado', senha: 'uma senha comprida' };
  expect((await lab.post(link, { ...form, senha: 'curta' })).status).toBe(422);
  const joined = await lab.post(link, form);
  expect([joined.status, joined.headers.get('Location')]).toEqual([303, '/e/sol/painel']);
  const nina = cookieOf(joined);
  expect((await lab.get('/e/sol/painel', nina)).status).toBe(200);
  expect((await lab.get('/e/sol/usuarios', nina)).status).toBe(403);
  expect((await lab.post(link, form)).status).toBe(404);

  const other = await lab.signIn(lab.lua);
  const second = linkIn(
    await (
      await lab.post('/e/lua/usuarios/convites', { email: 'nova@exemplo.example', papel: 'viewer' }, other)
    ).text(),
  );
  // The link alone opens no account that exists, nor somebody else's.
  expect(cookieOf(await lab.post(second, form))).toBe('');
  expect(cookieOf(await lab.post(second, {}, other))).toBe('');
  expect((await lab.post(second, {}, nina)).headers.get('Location')).toBe('/e/lua/painel');
  expect((await lab.get('/e/lua/painel', nina)).status).toBe(200);
  // Two companies: the other one is the first link of the palette, on the same screen.
  expect(await (await lab.get('/e/lua/leads', nina)).text()).toMatch(/id="paleta"[\s\S]*?<a href="\/e\/sol\/leads"/);
});

test('a renewed or expired link is worth nothing, an administrator gives no more than operator, the last owner stays', async () => {
  const admin = await lab.signIn(lab.sol, 'admin');
  expect((await invite('chefe@exemplo.example', 'owner', admin)).status).toBe(403);
  const first = linkIn(await (await invite('tres@exemplo.example', 'viewer', admin)).text());
  const again = linkIn(await (await invite('tres@exemplo.example', 'operator', admin)).text());
  expect((await lab.get(first)).status).toBe(404);
  expect((await lab.get(again)).status).toBe(200);
  await lab.owner`update invitations set expires_at = now() where email = 'tres@exemplo.example'`;
  expect((await lab.get(again)).status).toBe(404);

  const [last] = await lab.owner<{ userId: string }[]>`
    select user_id from memberships where tenant_id = ${lab.sol.id} and role = 'owner'`;
  for (const [act, form] of [
    ['remover', {}],
    ['papel', { papel: 'admin' }],
  ] as const) {
    const refused = await lab.post(`/e/sol/usuarios/${last!.userId}/${act}`, form, owner);
    expect([refused.status, (await refused.text()).includes('pelo menos um proprietário')]).toEqual([422, true]);
    expect((await lab.post(`/e/sol/usuarios/${last!.userId}/${act}`, form, admin)).status).toBe(403);
  }
  expect(await lab.owner`select from memberships where tenant_id = ${lab.sol.id} and role = 'owner'`).toHaveLength(1);
});

test('a new password asks for the old one and ends the other sessions', async () => {
  const link = linkIn(await (await invite('senha@exemplo.example', 'viewer')).text());
  const old = cookieOf(await lab.post(link, { nome: 'Rui', senha: 'primeira senha' }));
  const login = (senha: string) => lab.post('/entrar', { email: 'senha@exemplo.example', senha });
  const fresh = cookieOf(await login('primeira senha'));
  expect((await lab.post('/conta/senha', { atual: 'não é', nova: 'segunda senha' }, fresh)).status).toBe(422);
  expect((await lab.get('/conta', old)).status).toBe(200);
  expect((await lab.post('/conta/senha', { atual: 'primeira senha', nova: 'segunda senha' }, fresh)).status).toBe(303);
  expect([(await lab.get('/conta', old)).status, (await lab.get('/conta', fresh)).status]).toEqual([302, 200]);
  expect((await login('primeira senha')).status).toBe(401);
  const third = cookieOf(await login('segunda senha'));
  expect(await (await lab.get('/conta', third)).text()).toContain('Encerrar outras sessões');
  await lab.post('/conta/sessoes/encerrar', {}, third);
  expect([(await lab.get('/conta', fresh)).status, (await lab.get('/conta', third)).status]).toEqual([302, 200]);
  // The API's keys go with the old password when that was not unticked.
  const key = { nome: 'Planilha', empresa: lab.sol.id, pode: 'read', dias: '30' };
  const made = await (await lab.post('/conta/chaves', key, third)).text();
  const asked = async () =>
    (await lab.get('/api/figures/', '', { Authorization: `Bearer ${/value="(cel_[\w-]{43})"/.exec(made)![1]}` }))
      .status;
  expect([await asked(), (await (await lab.get('/conta', third)).text()).includes('Revogar também a chave')]).toEqual([
    200,
    true,
  ]);
  await lab.post('/conta/senha', { atual: 'segunda senha', nova: 'primeira senha' }, third);
  expect(await asked()).toBe(200);
  await lab.post('/conta/senha', { atual: 'primeira senha', nova: 'segunda senha', chaves: 'sim' }, third);
  expect(await asked()).toBe(401);
  // The log knows, and only administrators read it.
  expect((await lab.get('/e/sol/registro', third)).status).toBe(403);
  const log = await (await lab.get('/e/sol/registro?acao=auth.password_changed', owner)).text();
  expect(log).toContain('Mudou a própria senha');
  expect(log).not.toContain('Convidou um usuário</strong>');
});

test('a superadmin creates, suspends and resumes a company; suspended it is read and not written', async () => {
  const root = await lab.signIn(lab.lua);
  await lab.owner`update users set is_superadmin = true where id = (select max(user_id) from sessions)`;
  const created = await lab.post('/admin/empresas', { nome: 'Mar Modas' }, root);
  expect(created.status).toBe(303);
  expect(
    linkIn(
      await (
        await lab.post(
          `${created.headers.get('Location')}/convites`,
          { email: 'dona@exemplo.example', papel: 'owner' },
          root,
        )
      ).text(),
    ),
  ).not.toBe('');
  const board = await (await lab.get('/admin/empresas', root)).text();
  expect(board).toContain('Mar Modas');
  expect(board).toContain('Sincronizar agora');
  expect(board).not.toMatch(/cliente-sol@|98765/);
  await lab.post(`/admin/empresas/${lab.sol.id}/suspender`, {}, root);
  const refused = await lab.post('/e/sol/sincronizacao/agora', { loja: lab.sol.siteId }, owner);
  expect([refused.status, (await refused.text()).includes('suspensa')]).toEqual([403, true]);
  expect(await (await lab.get('/e/sol/painel', owner)).text()).toContain('Empresa suspensa');
  expect((await lab.post(`/admin/lojas/${lab.sol.siteId}/sincronizar`, {}, root)).status).toBe(409);
  await lab.post(`/admin/empresas/${lab.sol.id}/reativar`, {}, root);
  expect((await lab.post(`/admin/lojas/${lab.sol.siteId}/sincronizar`, {}, root)).status).toBe(303);
});

test('whatever colour a company takes, text on it and in it reads; a logo is a picture by its bytes', async () => {
  for (let at = 0; at < 0xffffff; at += 260_017) {
    const { light, dark } = themeOf(`#${at.toString(16).padStart(6, '0')}`);
    for (const [theme, ground] of [
      [light, '#f6f7f6'],
      [dark, '#18201e'],
    ] as const) {
      const ratios = [
        contrast(theme.accentInk, theme.accent),
        contrast(theme.accentText, theme.accentSoft),
        contrast(theme.accentText, ground),
      ];
      expect([at, Math.min(...ratios) >= 4.5]).toEqual([at, true]);
    }
  }
  expect((await lab.post('/e/sol/configuracoes/cor', { cor: 'red;}' }, owner)).status).toBe(422);
  expect((await lab.post('/e/sol/configuracoes/cor', { cor: '#FFEE00' }, owner)).status).toBe(303);
  const page = await (await lab.get('/e/sol/painel', owner)).text();
  const theme = /href="(\/e\/sol\/aparencia\/tema-[0-9a-f]{12}\.css)"/.exec(page)![1]!;
  expect((await lab.get(theme, owner)).headers.get('Content-Type')).toBe('text/css; charset=utf-8');

  const upload = async (bytes: Uint8Array) => {
    const body = new FormData();
    body.set('logo', new File([bytes as never], 'logo.png', { type: 'image/png' }));
    const headers = { Cookie: owner, 'Sec-Fetch-Site': 'same-origin' };
    return (await lab.app.request('/e/sol/configuracoes/logo', { method: 'POST', body, headers })).status;
  };
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100_000)]);
  expect(await upload(Buffer.from('<svg onload="alert(1)"/>'))).toBe(422);
  expect(await upload(Buffer.concat([png, Buffer.alloc(120_000)]))).toBe(413);
  expect(await upload(png)).toBe(303);
  const src = /src="(\/e\/sol\/aparencia\/logo-[0-9a-f]{12})"/.exec(
    await (await lab.get('/e/sol/painel', owner)).text(),
  )![1]!;
  const logo = await lab.get(src, owner);
  expect([logo.headers.get('Content-Type'), logo.headers.get('X-Content-Type-Options')]).toEqual([
    'image/png',
    'nosniff',
  ]);
});

test('who asks too fast is told how long to wait; a head too large is told so', async () => {
  const strict = await createWebLab({ rateLimits: { session: { burst: 5, perSecond: 0.01 } } });
  try {
    const cookie = await strict.signIn(strict.sol);
    for (let asked = 0; asked < 5; asked++) expect((await strict.get('/e/sol/leads', cookie)).status).toBe(200);
    const refused = await strict.get('/e/sol/leads', cookie);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await refused.text()).toContain('Pedidos demais');
    expect((await strict.get('/e/sol/leads', await strict.signIn(strict.sol))).status).toBe(200);
    expect((await strict.get('/health', cookie)).status).toBe(200);
  } finally {
    await strict.close();
  }
  const server = createServer(lab.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /entrar HTTP/1.1\r\nHost: x\r\nX-Grande: ${'x'.repeat(40_000)}\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 431[\s\S]*cabeçalho do pedido é grande demais/);
  await new Promise((resolve) => server.close(resolve));
});
