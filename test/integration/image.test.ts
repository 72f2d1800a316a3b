// What the Dockerfile copies is enough to run: its files alone, with the commands of docker-compose.yml and the logins that the Postgres container
// makes. No Docker engine is needed; production packages only, by an unprivileged user: `npm run test:install`.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../start/processes.ts';
import { createTestDatabase } from '../support/servers.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const image = mkdtempSync(join(tmpdir(), 'cel-image-'));
const cleanups: (() => unknown)[] = [() => rmSync(image, { recursive: true, force: true })];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** The argument lists of `command: ["node", …]` in docker-compose.yml, by service. */
function commandOf(service: string): string[] {
  const compose = readFileSync(join(project, 'docker-compose.yml'), 'utf8');
  const text = new RegExp(`\\n {2}${service}:\\n(?: {4}.*\\n)*? {4}command: (\\[.*\\])`).exec(compose)![1]!;
  return JSON.parse(text) as string[];
}

/** The paths that the stage `app` takes from the project. */
function copiedPaths(): string[] {
  const stage = readFileSync(join(project, 'Dockerfile'), 'utf8').split(' AS app\n')[1]!.split('\nFROM ')[0]!;
  return [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]!.split(' '));
}

test('the files of the image migrate a database and serve pages and status, each process by its own login', async () => {
  const paths = copiedPaths();
  expect(paths).toContain('api');
  for (const path of paths) cpSync(join(project, path), join(image, path), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(image, 'node_modules'));

  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const asAdmin = async (sql: string) => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(sql).finally(() => admin.end());
  };
  const ports = { api: await freePort(), status: await freePort() };
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://carrinho.example',
    SECRET_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: join(image, 'data'),
    PORT: String(ports.api),
    STATUS_PORT: String(ports.status),
  };
  const run = (service: string, extra: Record<string, string>) => {
    const [command, ...args] = commandOf(service);
    return { command: command!, args, options: { cwd: image, env: { ...env, ...extra } } };
  };
  const migrate = run('migrate', { DATABASE_URL: database.url });
  expect(execFileSync(migrate.command, migrate.args, { ...migrate.options, encoding: 'utf8' })).toContain(
    'O banco já está',
  );

  for (const [service, setting] of [
    ['api', 'API_DATABASE_URL'],
    ['daemon', 'DAEMON_DATABASE_URL'],
  ] as const) {
    const login = `${service}_${randomBytes(4).toString('hex')}`;
    await asAdmin(`create role ${login} login in role carrinho_${service}`);
    const { command, args, options } = run(service, {
      [setting]: database.url.replace('//carrinho_owner', `//${login}`),
    });
    const child = spawn(command, args, { ...options, stdio: 'ignore' });
    cleanups.push(() => child.kill('SIGTERM'));
  }
  const statusOf = (url: string) =>
    fetch(url).then(
      (response) => response.status,
      () => null,
    );
  await expect.poll(() => statusOf(`http://127.0.0.1:${ports.api}/entrar`)).toBe(200);
  await expect.poll(() => statusOf(`http://127.0.0.1:${ports.status}/health`)).toBe(200);
});

test('every file that docker-compose.yml mounts is there, and every container is confined', () => {
  const compose = readFileSync(join(project, 'docker-compose.yml'), 'utf8');
  const mounted = [...compose.matchAll(/^ +- \.\/(\S+?):\S+$/gm)].map((match) => match[1]!);
  expect(mounted.length).toBeGreaterThan(4);
  for (const path of mounted) expect([path, existsSync(join(project, path))]).toEqual([path, true]);
  const [, services] = /^services:\n([\s\S]*?)^\S/m.exec(compose)!;
  for (const [service, name] of services!.matchAll(/^ {2}([a-z]+):\n(?: {4}.*\n|\n| {2}#.*\n)*/gm)) {
    if (service.includes('<<: *process')) continue;
    for (const rule of ['cap_drop:\n      - ALL', 'no-new-privileges:true', 'logging: *logs'])
      expect([name, rule, service.includes(rule)]).toEqual([name, rule, true]);
  }
});
