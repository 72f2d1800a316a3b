// Who comes in: by link once, by password with patience, and out for good.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { createLoginToken, hashToken } from '#shared/login-links.ts';
import { base32, codeOfStep, stepAt } from '#shared/one-time-codes.ts';
import { hashPassword } from '#shared/passwords.ts';
import { runCli } from '../../daemon/cli.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
const email = 'ana@exemplo.example';
const password = 'carrinho de sexta';

beforeAll(async () => {
  lab = await createWebLab();
  await lab.owner`
    insert into users (email, name, password_hash) values (${email}, 'Ana Lima', ${await hashPassword(password)})`;
  await lab.owner`
    insert into memberships (tenant_id, user_id, role, is_default)
    select t.id, u.id, 'operator', t.slug = 'lua' from tenants t, users u where u.email = ${email}`;
});
afterAll(async () => await lab.close());
beforeEach(async () => {
  await lab.owner`delete from login_failures`;
});

const cookieOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split(';')[0]!;

async function createLink({
  kind = 'login',
  hours = 1,
}: {
  kind?: 'login' | 'first_owner';
  hours?: number;
} = {}): Promise<string> {
  const { token, tokenHash } = createLoginToken();
  const [user] = await lab.owner<{ id: string }[]>`select id from users where email = ${email}`;
  await lab.owner`
    insert into login_links (token_hash, kind, user_id, expires_at)
    values (${tokenHash}, ${kind}, ${kind === 'login' ? user!.id : null}, now() + make_interval(hours => ${hours}))`;
  return `/entrar/link/${token}`;
}

test('a link lets its person in once, to the default company', async () => {
  const link = await createLink();
  const response = await lab.get(link);
  expect(response.status).toBe(303);
  expect(response.headers.get('Location')).toBe('/e/lua/painel');
  expect(response.headers.get('Set-Cookie')).toMatch(/^sessao=[\w-]{43}; .*HttpOnly.*SameSite=Lax/);
  expect((await lab.get('/e/lua/carrinhos', cookieOf(response))).status).toBe(200);
  const again = await lab.get(link);
  expect(again.status).toBe(404);
  expect(again.headers.get('Set-Cookie')).toBeNull();
});

test('two clicks at the same instant let one in', async () => {
  const link = await createLink();
  const statuses = (await Promise.all([1, 2, 3, 4].map(() => lab.get(link)))).map((response) => response.status);
  expect(statuses.sort()).toEqual([303, 404, 404, 404]);
});

test('an expired link, an unknown one and a prefetch use nothing up', async () => {
  expect((await lab.get(await createLink({ hours: -1 }))).status).toBe(404);
  expect((await lab.get('/entrar/link/nada')).status).toBe(404);
  const link = await createLink();
  expect((await lab.get(link, '', { 'Sec-Purpose': 'prefetch' })).status).toBe(503);
  expect((await lab.get(link)).status).toBe(303);
});

test('only hashes lie in the tables', async () => {
  const link = await createLink();
  const cookie = cookieOf(await lab.get(link));
  const token = cookie.split('=')[1]!;
  const sessions = await lab.owner<{ tokenHash: Buffer }[]>`select token_hash from sessions`;
  expect(sessions.some(({ tokenHash }) => tokenHash.equals(hashToken(token)))).toBe(true);
  expect(lab.logLines.join('')).not.toContain(token);
  expect(lab.logLines.join('')).not.toContain(link.split('/').at(-1));
});

test('the password opens; a login makes a new session and ends the old one', async () => {
  const old = cookieOf(await lab.get(await createLink()));
  const response = await lab.post(
    '/entrar',
    { email: ' Ana@Exemplo.example', senha: password, volta: '/e/sol/carrinhos?periodo=tudo' },
    old,
  );
  expect(response.status).toBe(303);
  expect(response.headers.get('Location')).toBe('/e/sol/carrinhos?periodo=tudo');
  const fresh = cookieOf(response);
  expect(fresh).not.toBe(old);
  expect((await lab.get('/e/sol/carrinhos', fresh)).status).toBe(200);
  expect((await lab.get('/e/sol/carrinhos', old)).status).toBe(302);
});

test('the way back never leaves this site', async () => {
  for (const volta of [
    'https://evil.example/e/sol/x',
    '//evil.example/e/sol/',
    '/\\evil.example',
    '/e/sol/\\x',
    'javascript:alert(1)',
  ]) {
    const response = await lab.post('/entrar', { email, senha: password, volta });
    expect([volta, response.headers.get('Location')]).toEqual([volta, '/e/lua/painel']);
  }
});

test('a wrong password and an unknown person read the same', async () => {
  const text = async (form: Record<string, string>) => {
    const response = await lab.post('/entrar', form);
    return [response.status, (await response.text()).replaceAll(form.email!, '')];
  };
  const wrong = await text({ email, senha: 'não é esta senha' });
  expect(wrong[0]).toBe(401);
  expect(wrong[1]).toContain('E-mail ou senha incorretos.');
  expect(await text({ email: 'ninguem@exemplo.example', senha: 'não é esta senha' })).toEqual(wrong);
});

test('after five failures even the right password waits; another account does not', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    expect((await lab.post('/entrar', { email, senha: 'errada errada' })).status).toBe(401);
  }
  const refused = await lab.post('/entrar', { email, senha: password });
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain('Espere 15 minutos');
  expect((await lab.post('/entrar', { email: 'outra@exemplo.example', senha: 'x' })).status).toBe(401);
  await lab.owner`update login_failures set failed_at = now() - interval '16 minutes'`;
  expect((await lab.post('/entrar', { email, senha: password })).status).toBe(303);
});

test('tries side by side do not slip through, and one address cannot go on over many accounts', async () => {
  const many = await Promise.all(
    Array.from({ length: 8 }, () => lab.post('/entrar', { email, senha: 'errada errada' })),
  );
  expect(many.filter(({ status }) => status === 429)).toHaveLength(3);
  const hash = (
    await lab.owner<{ subjectHash: Buffer }[]>`
    select subject_hash from login_failures group by subject_hash order by count(*) desc, subject_hash limit 2`
  ).map((row) => row.subjectHash);
  expect(hash).toHaveLength(2);
  await lab.owner`insert into login_failures (subject_hash) select f.subject_hash from (select distinct subject_hash from login_failures) f, generate_series(1, 25)`;
  expect((await lab.post('/entrar', { email: 'mais@exemplo.example', senha: 'x' })).status).toBe(429);
});

test('idle for twelve hours or a week old, a session is over; so is one of a disabled person', async () => {
  const open = async () => (await lab.get('/e/lua/carrinhos', cookie)).status;
  let cookie = cookieOf(await lab.get(await createLink()));
  const hash = () => hashToken(cookie.split('=')[1]!);
  expect(await open()).toBe(200);
  await lab.owner`update sessions set last_seen_at = now() - interval '12 hours' where token_hash = ${hash()}`;
  expect(await open()).toBe(302);

  cookie = cookieOf(await lab.get(await createLink()));
  await lab.owner`update sessions set expires_at = now() where token_hash = ${hash()}`;
  expect(await open()).toBe(302);

  cookie = cookieOf(await lab.get(await createLink()));
  await lab.owner`update users set disabled_at = now() where email = ${email}`;
  expect(await open()).toBe(302);
  await lab.owner`update users set disabled_at = null where email = ${email}`;
  expect(await open()).toBe(200);
});

test('logging out ends the session for good', async () => {
  const cookie = cookieOf(await lab.get(await createLink()));
  expect((await lab.post('/sair', {}, cookie)).headers.get('Location')).toBe('/entrar');
  expect((await lab.get('/e/lua/carrinhos', cookie)).status).toBe(302);
});

test('inside a fragment the end of the session is a redirect of the whole page', async () => {
  const response = await lab.get('/e/sol/carrinhos', '', {
    'HX-Request': 'true',
    'HX-Current-URL': 'http://carrinho.example/e/sol/carrinhos?situacao=aguardando',
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('HX-Redirect')).toBe('/entrar?volta=%2Fe%2Fsol%2Fcarrinhos%3Fsituacao%3Daguardando');
});

test('the first owner’s link makes user, company and membership once, and says what is missing', async () => {
  const link = await createLink({ kind: 'first_owner' });
  expect(await (await lab.get(link)).text()).toContain('Primeiro acesso');
  const form = { nome: 'Bia Ramos', email: 'bia@exemplo.example', senha: 'curta', empresa: 'Sapataria São João' };
  const short = await lab.post(link, form);
  expect(short.status).toBe(422);
  expect(await short.text()).toContain('pelo menos 10 caracteres');

  const created = await lab.post(link, { ...form, senha: 'uma senha comprida' });
  expect(created.status).toBe(303);
  expect(created.headers.get('Location')).toBe('/e/sapataria-sao-joao/sincronizacao');
  expect((await lab.get('/e/sapataria-sao-joao/sincronizacao', cookieOf(created))).status).toBe(200);
  expect(
    await lab.owner`
    select u.is_superadmin, m.role, t.name from users u join memberships m on m.user_id = u.id join tenants t on t.id = m.tenant_id
    where u.email = 'bia@exemplo.example'`,
  ).toMatchObject([{ isSuperadmin: true, role: 'owner', name: 'Sapataria São João' }]);

  expect((await lab.post(link, { ...form, senha: 'uma senha comprida', email: 'caio@exemplo.example' })).status).toBe(
    404,
  );
  const second = await createLink({ kind: 'first_owner' });
  expect((await lab.post(second, { ...form, senha: 'uma senha comprida', email: 'caio@exemplo.example' })).status).toBe(
    404,
  );
});

test('with a second factor password and link are not enough; a code is good once, guesses are counted, and an owner lets in who lost the telephone', async () => {
  const { owner } = lab;
  const cookie = cookieOf(await lab.get(await createLink()));
  const text = async (response: Response) => [response.status, await response.text()] as const;
  expect((await lab.post('/conta/duas-etapas', { atual: 'não é esta senha' }, cookie)).status).toBe(422);
  const [, begun] = await text(await lab.post('/conta/duas-etapas', { atual: password }, cookie));
  const [row] = await owner<{ secret: Buffer; userId: UserId }[]>`select secret, user_id from second_factors`;
  expect(begun).toContain(`secret=${base32(row!.secret)}`);
  const codeIn = (steps: number) => codeOfStep(row!.secret, stepAt(new Date()) + steps);
  const confirm = (codigo: string) => lab.post('/conta/duas-etapas/confirmar', { codigo }, cookie);
  expect((await confirm('000000')).status).toBe(422);
  expect((await lab.post('/entrar', { email, senha: password })).status).toBe(303);
  // Of now and the next half minute: good also when the clock moves on in between.
  const [used, next] = [codeIn(0), () => codeIn(1)];
  const [, codesPage] = await text(await confirm(used));
  const recovery = codesPage.match(/[A-Z2-7]{4}(?: [A-Z2-7]{4}){3}/g)!;
  expect(recovery).toHaveLength(10);
  expect((await lab.get('/conta', cookie)).status).toBe(200);

  const owes = async (response: Response) => {
    const [status, body] = await text(response);
    expect([status, response.headers.get('Set-Cookie')]).toEqual([200, null]);
    return /name="passe" value="([\w-]+)"/.exec(body)![1]!;
  };
  const passe = await owes(await lab.post('/entrar', { email, senha: password, volta: '/e/sol/leads' }));
  const enter = (codigo: string, form = {}) =>
    lab.post('/entrar/codigo', { passe, codigo, volta: '/e/sol/leads', ...form });
  // The code that confirmed it is used up.
  expect((await enter(used)).status).toBe(401);
  expect((await enter(next(), { passe: 'outro' })).status).toBe(401);
  const entered = await enter(next());
  expect([entered.status, entered.headers.get('Location')]).toEqual([303, '/e/sol/leads']);
  expect((await lab.get('/e/sol/leads', cookieOf(entered))).status).toBe(200);
  expect((await enter(next())).status).toBe(401);

  const byLink = { passe: await owes(await lab.get(await createLink())) };
  const typed = recovery[3]!.toLowerCase().replaceAll(' ', '');
  expect((await enter(typed, byLink)).status).toBe(303);
  const again = { passe: await owes(await lab.post('/entrar', { email, senha: password })) };
  expect((await enter(typed, again)).status).toBe(401);
  for (let tries = 1; tries < 5; tries++) expect((await enter('123456', again)).status).toBe(401);
  expect((await enter(next(), again)).status).toBe(429);
  await owner`delete from login_failures`;
  await owner`update login_links set expires_at = now() where kind = 'code'`;
  expect(await text(await enter(next(), again))).toEqual([401, expect.stringContaining('Passou do tempo')]);
  expect(JSON.stringify(await owner`select * from recovery_codes`)).not.toContain(recovery[0]);

  const reset = async (who: string) =>
    await text(await lab.post(`/e/sol/usuarios/${row!.userId}/duas-etapas`, {}, who));
  const boss = await lab.signIn(lab.sol, 'owner');
  expect((await reset(await lab.signIn(lab.sol, 'admin')))[0]).toBe(403);
  expect(await reset(boss)).toEqual([422, expect.stringContaining('também em outras empresas')]);
  await owner`delete from memberships where user_id = ${row!.userId} and tenant_id = ${lab.lua.id}`;
  expect((await lab.get('/e/sol/usuarios', boss)).status).toBe(200);
  expect((await reset(boss))[0]).toBe(303);
  await owner`insert into second_factors (user_id, secret, confirmed_at) values (${row!.userId}, ${row!.secret}, now())`;
  const release = () =>
    runCli(['usuario', 'liberar', `--email=${email}`], {
      env: { DATABASE_URL: lab.databaseUrl },
      stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
  expect([await release(), await release()]).toEqual([0, 1]);
  expect((await lab.post('/entrar', { email, senha: password })).status).toBe(303);
  expect(
    await owner`select action, count(*)::int from audit_log where tenant_id = ${lab.sol.id} and action ~ 'two_steps|recovery' group by 1 order by 1`,
  ).toEqual([
    { action: 'auth.recovery_code_used', count: 1 },
    { action: 'auth.two_steps_on', count: 1 },
    { action: 'user.two_steps_reset', count: 2 },
  ]);
});
