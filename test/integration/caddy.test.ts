// The Caddyfile of this project in a real Caddy, before a real api process: what a browser meets in production.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findServerPrograms } from '../../start/debian-servers.ts';
import { freePort } from '../../start/processes.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let session: ClientHttp2Session;
let cookie: string;
let ports: { http: number; https: number; api: number };
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'cel-caddy-'));
const rootOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
let caddyLog = '';

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

function start(command: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

function startApi(): ChildProcess {
  return start(process.execPath, [rootOf('start/run.mjs'), 'api/main.ts'], {
    NODE_ENV: 'production',
    DATABASE_URL: lab.databaseUrl,
    PORT: String(ports.api),
    PUBLIC_URL: `https://localhost:${ports.https}`,
    DATA_DIR: folder,
  });
}

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
  const { usr, env } = await findServerPrograms('caddy');
  lab = await createWebLab();
  cookie = (await lab.signIn(lab.sol)).replace('sessao=', '__Host-sessao=');
  // A free port may be another test's by the time that it is used.
  do ports = { http: await freePort(), https: await freePort(), api: await freePort() };
  while (!(await isUp(startApi())));
  const caddy = start(join(usr, 'bin', 'caddy'), ['run', '--config', rootOf('Caddyfile'), '--adapter', 'caddyfile'], {
    ...env,
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    HTTP_PORT: String(ports.http),
    HTTPS_PORT: String(ports.https),
    API_HOST: 'localhost',
    API_PORT: String(ports.api),
  });
  for (const stream of [caddy.stdout!, caddy.stderr!])
    stream.on('data', (chunk: Buffer) => {
      caddyLog += chunk.toString();
    });
  session = await connected();
});

afterAll(async () => {
  session?.destroy();
  for (const child of children) child.kill('SIGTERM');
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Whether the api answers before it ends. */
async function isUp(api: ChildProcess): Promise<boolean> {
  while (api.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${ports.api}/health`).catch(() => null);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** HTTP/2 over TLS, trusting only the root that this Caddy made for itself. */
async function connected(): Promise<ClientHttp2Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      const ca = readFileSync(join(folder, 'caddy/pki/authorities/local/root.crt'));
      return await new Promise((resolve, reject) => {
        const next = connect(`https://localhost:${ports.https}`, { ca });
        next.once('connect', () => resolve(next));
        next.once('error', reject);
      });
    } catch (error) {
      if (attempt >= 200) throw new Error(`Caddy did not answer: ${caddyLog}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test('plain HTTP leads to HTTPS, which speaks HTTP/2 and offers HTTP/3', async () => {
  const location = await new Promise<string | undefined>((resolve, reject) => {
    httpRequest({ port: ports.http, path: '/entrar', headers: { host: 'localhost' } }, (response) => {
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
  const direct = await fetch(`http://localhost:${ports.api}/entrar`);
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

test('a live page is not held back: the snapshot and each change come at once, uncompressed', async () => {
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

test('what is meant for inside stays inside', async () => {
  for (const path of ['/metrics', '/status']) expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect((await get('/metrics')).body.length).toBe(0);
});

test('a request waits while the api restarts', async () => {
  const api = children[0]!;
  const gone = new Promise((resolve) => api.once('exit', resolve));
  api.kill('SIGTERM');
  await gone;
  const waiting = get('/entrar');
  startApi();
  expect((await waiting).status).toBe(200);
});

test('its log holds no one-time link, no search words and no cookie', async () => {
  await get('/entrar/link/segredo-do-link-de-entrada');
  await get(`/e/${lab.sol.slug}/carrinhos?busca=maria%40exemplo.example`, { cookie });
  await expect.poll(() => caddyLog).toContain(`/e/${lab.sol.slug}/carrinhos`);
  for (const secret of ['segredo-do-link', 'maria', cookie.split('=')[1]!]) expect(caddyLog).not.toContain(secret);
});
