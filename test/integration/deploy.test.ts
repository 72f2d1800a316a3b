// An installation made by the docs' commands as an unprivileged user, met as browsers meet it: a real Caddy before two web processes, a daemon, and from
// the middle on a real PgBouncer. It is restarted, updated, and comes back from updates that fail, while somebody goes on asking for pages.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { splitSocketFolder } from '#shared/database-url.ts';
import { findServerPrograms } from '../../start/debian-servers.ts';
import { freePort, makeServerFolder, startServer, stopServer } from '../../start/processes.ts';
import { type Installation, makeInstallation } from '../support/installation.ts';
import { ownFolder } from '../support/servers.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

// An update starts a dozen programs one after the other.
vi.setConfig({ testTimeout: 600_000 });

let lab: WebLab;
let site: Installation;
let session: ClientHttp2Session;
let cookie: string;
const logins = { api: `api_${randomBytes(4).toString('hex')}`, daemon: `daemon_${randomBytes(4).toString('hex')}` };
const cleanups: (() => unknown)[] = [];
const caddyLog = () => site.logOf('carrinho-caddy.service');

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

const urlFor = (user: string) => lab.databaseUrl.replace('//carrinho_owner', `//${user}`);

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, ...headers });
    const chunks: Buffer[] = [];
    let answer: Pick<Answer, 'status' | 'headers'>;
    stream.on('response', (received) => {
      answer = { status: Number(received[':status']), headers: received as Answer['headers'] };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve({ ...answer, body: Buffer.concat(chunks) }));
    stream.on('error', reject);
    stream.end();
  });
}

beforeAll(async () => {
  lab = await createWebLab();
  cleanups.push(() => lab.close());
  const admin = new pg.Client({ connectionString: lab.databaseUrl.replace('//carrinho_owner', '//postgres') });
  await admin.connect();
  for (const [role, login] of Object.entries(logins))
    await admin.query(`create role ${login} login in role carrinho_${role}`);
  await admin.end();
  cookie = (await lab.signIn(lab.sol)).replace('sessao=', '__Host-sessao=');
  site = await makeInstallation({
    DATABASE_URL: lab.databaseUrl,
    DAEMON_DATABASE_URL: urlFor(logins.daemon),
    API_DATABASE_URL: urlFor(logins.api),
  });
  cleanups.push(() => site.remove());
  session = await connected();
  cleanups.push(() => session.destroy());
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** HTTP/2 over TLS, trusting only the root that this Caddy made for itself. */
async function connected(): Promise<ClientHttp2Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      const ca = readFileSync(join(site.root, '.data/caddy/pki/authorities/local/root.crt'));
      return await new Promise((resolve, reject) => {
        const next = connect(`https://localhost:${site.ports.https}`, { ca });
        next.once('connect', () => resolve(next));
        next.once('error', reject);
      });
    } catch (error) {
      if (attempt >= 200) throw new Error(`Caddy did not answer: ${caddyLog()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test('plain HTTP leads to HTTPS, which speaks HTTP/2 and offers HTTP/3', async () => {
  const location = await new Promise<string | undefined>((resolve, reject) => {
    httpRequest({ port: site.ports.http, path: '/entrar', headers: { host: 'localhost' } }, (response) => {
      response.resume();
      resolve(response.headers.location);
    })
      .on('error', reject)
      .end();
  });
  expect(location).toMatch(/^https:\/\/localhost(:\d+)?\/entrar$/);
  expect(session.alpnProtocol).toBe('h2');
  expect(String((await get('/entrar')).headers['alt-svc'])).toContain('h3=');
});

test("a page comes compressed, with the api's own security headers and nobody's name", async () => {
  const direct = await fetch(`http://localhost:${site.ports.apis[0]}/entrar`);
  const page = await get('/entrar', { 'accept-encoding': 'gzip' });
  expect(page.status).toBe(200);
  expect(page.headers['content-encoding']).toBe('gzip');
  for (const name of [
    'content-security-policy',
    'strict-transport-security',
    'x-content-type-options',
    'x-frame-options',
    'referrer-policy',
    'permissions-policy',
    'cross-origin-opener-policy',
    'cache-control',
  ]) {
    expect([name, page.headers[name]]).toEqual([name, direct.headers.get(name)]);
    expect([name, page.headers[name]]).not.toEqual([name, null]);
  }
  expect(page.headers.server).toBeUndefined();
});

test('static files keep the compression and the lifetime that the api gave them', async () => {
  const page = await get('/entrar', { 'accept-encoding': 'identity' });
  const path = /\/static\/app-[0-9a-f]+\.css/.exec(page.body.toString())![0];
  const file = await get(path, { 'accept-encoding': 'gzip, br' });
  expect(file.headers['content-encoding']).toBe('br');
  expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('what is meant for inside stays inside', async () => {
  for (const path of ['/metrics', '/status']) expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect((await get('/metrics')).body.length).toBe(0);
});

test('its log holds no one-time link, no search words and no cookie', async () => {
  await get('/entrar/link/segredo-do-link-de-entrada');
  await get(`/e/${lab.sol.slug}/carrinhos?busca=maria%40exemplo.example`, { cookie });
  await expect.poll(caddyLog).toContain(`/e/${lab.sol.slug}/carrinhos`);
  for (const secret of ['segredo-do-link', 'maria', cookie.split('=')[1]!]) expect(caddyLog()).not.toContain(secret);
});

test('each process has its own login and no other secret, listens on this machine only, and deploy.sh says how it goes', async () => {
  const api = site.environmentOf(`carrinho-api@${site.ports.apis[0]}.service`).join('\n');
  expect(api).toContain(`API_DATABASE_URL=${urlFor(logins.api)}`);
  expect(api).toMatch(/^HOST=127\.0\.0\.1$/m);
  expect(api).not.toMatch(/^(DATABASE_URL|DAEMON_DATABASE_URL|SECRET_KEY)/m);
  expect(site.environmentOf('carrinho-daemon.service').join('\n')).not.toMatch(/^(DATABASE_URL|API_DATABASE_URL)/m);
  expect(site.environmentOf('carrinho-caddy.service').join('\n')).not.toContain('postgres:');
  const status = await site.run('./deploy.sh', 'status');
  expect(status).toMatchObject({
    code: 0,
    output: expect.stringMatching(/carrinho-daemon\.service active.*Daemons no ar: 1/s),
  });
  expect(await site.run('./deploy.sh', 'import', 'sol')).toMatchObject({
    code: 1,
    output: expect.stringContaining('Uso:'),
  });
  expect(await site.run('./deploy.sh', 'migrate')).toMatchObject({
    code: 0,
    output: expect.stringContaining('já está'),
  });
  expect(await site.run('./deploy.sh', 'backup')).toMatchObject({ code: 0, output: expect.stringContaining('.gz') });
  expect(await site.run('./deploy.sh', 'carrinho', 'empresa', 'listar')).toMatchObject({
    code: 0,
    output: expect.stringContaining('lua'),
  });
});

/** Asks for a page again and again, over new connections too, until told to stop; gives what was not answered with 200. */
function askAllTheTime(): () => Promise<string[]> {
  const failures: string[] = [];
  let isOver = false;
  let count = 0;
  const asking = (async () => {
    while (!isOver) {
      const { status } = await get(`/e/${lab.sol.slug}/carrinhos`, { cookie }).catch(() => ({ status: 0 }));
      if (session.destroyed) return;
      if (status !== 200) failures.push(`answer ${count}: ${status}`);
      count++;
      await sleep(50);
    }
  })();
  return async () => {
    isOver = true;
    await asking;
    return count < 5 ? [`only ${count} answers`] : failures;
  };
}

test('behind PgBouncer in transaction mode, to which a restart of one process after the other leads, nobody is turned away', async () => {
  const bouncer = await startPgBouncer();
  site.set({ API_DATABASE_URL: bouncer.url, LISTEN_DATABASE_URL: urlFor(logins.api) });
  const stop = askAllTheTime();
  expect(await site.run('./deploy.sh', 'restart')).toMatchObject({ code: 0 });
  expect(await stop()).toEqual([]);
  expect(site.environmentOf(`carrinho-api@${site.ports.apis[1]}.service`)).toContain(`API_DATABASE_URL=${bouncer.url}`);

  // Two server connections for all of both processes: every company's requests go over the other's.
  const lua = (await lab.signIn(lab.lua)).replace('sessao=', '__Host-sessao=');
  const ask = async (company: { slug: string }, own: string) => {
    const path = ['carrinhos', 'leads', 'pedidos', 'clientes', 'fila'];
    const texts = await Promise.all(
      path.map(async (page) => (await get(`/e/${company.slug}/${page}`, { cookie: own })).body.toString()),
    );
    return texts.join('');
  };
  for (let round = 0; round < 3; round++) {
    const [sol, other] = await Promise.all([
      ask(lab.sol, cookie),
      ask(lab.lua, lua),
      ask(lab.sol, cookie),
      ask(lab.lua, lua),
    ]);
    expect(sol).toContain('cliente-sol@');
    expect(sol).not.toContain('cliente-lua@');
    expect(other).toContain('cliente-lua@');
    expect(other).not.toContain('cliente-sol@');
  }
  const { url, host } = splitSocketFolder(bouncer.url);
  const direct = postgres(url, { ...(host && { host }), prepare: false, max: 2 });
  for (let tries = 0; tries < 6; tries++)
    expect(
      await direct`select coalesce(current_setting('app.tenant_id', true), '') as tenant, (select count(*)::integer from carts) as carts, pg_backend_pid() > 0 as ok`,
    ).toEqual([{ tenant: '', carts: 0, ok: true }]);
  await direct.end();
});

/** A PgBouncer before the lab's database, for the web process' login, with two connections to Postgres. */
async function startPgBouncer(): Promise<{ url: string }> {
  const { usr, env } = await findServerPrograms('pgbouncer');
  const folder = join(ownFolder('b'), 'b');
  makeServerFolder(folder);
  const database = new URL(lab.databaseUrl);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
carrinho = host=${database.searchParams.get('host')} dbname=${database.pathname.slice(1)} user=${logins.api}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  );
  const server = startServer(join(usr, 'sbin', 'pgbouncer'), [file], {
    logFile: join(folder, 'log'),
    env,
    stopSignal: 'INT',
  });
  cleanups.push(() => stopServer(server));
  return { url: `postgres://${logins.api}@127.0.0.1:${port}/carrinho` };
}

test('a live page through PgBouncer is not held back: the snapshot and each change come at once, uncompressed', async () => {
  const stream = session.request({
    ':path': `/e/${lab.sol.slug}/eventos?pagina=carrinhos`,
    cookie,
    accept: 'text/event-stream',
    'accept-encoding': 'gzip',
  });
  let text = '';
  let encoding: unknown = 'no answer';
  stream.on('response', (headers) => {
    encoding = headers['content-encoding'];
  });
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  stream.end();
  await expect.poll(() => text).toContain('<tr id="carrinho-');
  expect(encoding).toBeUndefined();
  const before = text.length;
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: lab.sol.id, kinds: ['cart'] })})`;
  await lab.owner`update carts set name = 'Nome Novo' where tenant_id = ${lab.sol.id}`;
  await lab.owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: lab.sol.id, kinds: ['cart'] })})`;
  await expect.poll(() => text.slice(before)).toContain('Nome Novo');
  stream.close();
});

const withVersion = (version: string) => ({
  'package.json': (text: string) => text.replace(/"version": "[^"]*"/, `"version": "${version}"`),
});
const sick = {
  'api/routes/health.ts': (text: string) => text.replace("c.json({ status: 'ok' })", "c.json({ status: 'sick' }, 500)"),
};
const daemonVersion = async () =>
  ((await (await fetch(`http://127.0.0.1:${site.ports.status}/status`)).json()) as { version: string }).version;

test('an update whose migration only adds takes the place of the former version while pages go on being answered', async () => {
  const next = site.publish({
    ...withVersion('9.1.0'),
    'sql/migrations/9001_only_adds.sql': () =>
      '-- former-version: runs\ncreate table only_adds (id integer primary key);\n',
  });
  const stop = askAllTheTime();
  const updated = await site.run('./deploy.sh', 'update');
  expect(updated).toMatchObject({ code: 0, output: expect.stringContaining('no ar') });
  expect(await stop()).toEqual([]);
  expect(site.version()).toBe(next);
  expect(await daemonVersion()).toBe('9.1.0');
  expect(await site.run('./deploy.sh', 'update')).toMatchObject({
    code: 0,
    output: expect.stringContaining('Já está'),
  });
});

test('an update that does not become healthy goes back to the former version, and pages go on being answered', async () => {
  const former = site.version();
  site.set({ DEPLOY_PATIENCE: '5' });
  site.publish({
    ...withVersion('9.2.0'),
    ...sick,
    'sql/migrations/9002_only_adds.sql': () =>
      '-- former-version: runs\ncreate table only_adds_2 (id integer primary key);\n',
  });
  const stop = askAllTheTime();
  const updated = await site.run('./deploy.sh', 'update');
  expect(updated).toMatchObject({ code: 1, output: expect.stringContaining('está no ar de novo') });
  expect(await stop()).toEqual([]);
  expect(site.version()).toBe(former);
  expect((await site.run('git', 'rev-parse', 'HEAD')).output.trim()).toBe(former);
  expect(await daemonVersion()).toBe('9.1.0');
});

test('when its migration is one that the former version does not understand, the database goes back too', async () => {
  const former = site.version();
  site.set({ DEPLOY_PATIENCE: '5' });
  const before = await lab.owner`select count(*)::integer as carts, sum(total) as total from carts`;
  site.publish({
    ...withVersion('9.3.0'),
    ...sick,
    'sql/migrations/9003_stops_former.sql': () => 'alter table carts rename column total to sum;\n',
  });
  const updated = await site.run('./deploy.sh', 'update');
  expect(updated).toMatchObject({
    code: 1,
    output: expect.stringMatching(/o painel para.*Restaurado o backup.*está no ar de novo/s),
  });
  expect(site.version()).toBe(former);
  expect(await lab.owner`select count(*)::integer as carts, sum(total) as total from carts`).toEqual(before);
  // Sessions are in no backup.
  cookie = (await lab.signIn(lab.sol)).replace('sessao=', '__Host-sessao=');
  const page = await get(`/e/${lab.sol.slug}/carrinhos`, { cookie });
  expect([page.status, page.body.toString()]).toEqual([200, expect.stringContaining('cliente-sol@')]);
});
