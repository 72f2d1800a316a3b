// The private servers that demo, tests and `npm start` stand on: real ones, made from nothing, gone without a trace. One test a promise.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import pg from 'pg';
import postgres from 'postgres';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, test } from 'vitest';
import { splitSocketFolder } from '#shared/database-url.ts';
import { findRunningDatabase, startEmbeddedPostgres } from '../../start/embedded-postgres.ts';
import { makeKeyPair } from '../../start/key-pair.ts';
import { startMariaDb } from '../../start/mariadb.ts';
import { isAlive, serverUser } from '../../start/processes.ts';
import type { Sshd } from '../../start/sshd.ts';
import { createShopDatabase, createTestDatabase, startSshd } from '../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'cel-servers-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function askPg<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('took too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the embedded Postgres', () => {
  const dataDir = join(folder, 'p');

  test('answers both drivers by one address, as an owner who is no superuser, in UTF-8, and keeps its data over a restart', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    const [who] = await askPg(
      first.url,
      `select current_user as user, current_database() as database, rolsuper as "isSuper", rolcreaterole as "mayMakeRoles",
              current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses, lower('ÇÃ') as lower
       from pg_roles where rolname = current_user`,
    );
    expect(who).toEqual({
      user: 'carrinho_owner',
      database: 'carrinho',
      isSuper: false,
      mayMakeRoles: true,
      encoding: 'UTF8',
      addresses: '',
      lower: 'çã',
    });
    await askPg(first.url, `create table kept as select 'ação'::text as word`);
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir });
    const { url, host } = splitSocketFolder(second.url);
    const sql = postgres(url, { max: 1, ...(host ? { host } : {}) });
    expect(await sql`select word from kept`).toEqual([{ word: 'ação' }]);
    await sql.end();
    await second.stop();
  });

  test('runs as nobody where we are root, and lets only its own user into its data', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const uid = statSync(join(dataDir, 'postgres')).uid;
    expect(uid).toBe(serverUser ? 65534 : process.getuid?.());
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'socket')).mode & 0o777).toBe(0o700);
    if (existsSync(`/proc/${pid}`)) expect(statSync(`/proc/${pid}`).uid).toBe(uid);
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('refuses a second process on its data with a sentence, and tells others where it listens', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(`já está em uso pelo processo ${process.pid}`);
    expect(await findRunningDatabase(dataDir)).toBe(server.url);
    await server.stop();
    expect(await findRunningDatabase(dataDir)).toBeNull();
  });

  test('ends when the process that started it is killed, and starts again on what that left', async () => {
    const before = await startEmbeddedPostgres({ dataDir });
    await askPg(before.url, `create table if not exists survives (id int)`);
    await before.stop();
    const killed = await startInAProcessToBeKilled();
    await until(() => !isAlive(killed));
    const killedJustNow = await startInAProcessToBeKilled();
    const server = await startEmbeddedPostgres({ dataDir });
    expect(await askPg(server.url, `select count(*)::int as rows from survives`)).toEqual([{ rows: 0 }]);
    expect(isAlive(killedJustNow)).toBe(false);
    await server.stop();
  });

  /** Gives the number of the server that a killed process of ours leaves. */
  async function startInAProcessToBeKilled(): Promise<number> {
    const module = new URL('../../start/embedded-postgres.ts', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(({ startEmbeddedPostgres }) => startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })).then(() => console.log('ready'))`;
    // Ends with us when the tests themselves are stopped in the middle.
    const followParent = fileURLToPath(new URL('../../start/follow-parent.mjs', import.meta.url));
    const owner = spawn(process.execPath, ['--import', followParent, '--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    await new Promise((resolve) => owner.stdout!.once('data', resolve));
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    expect(isAlive(pid)).toBe(true);
    const exited = new Promise((resolve) => owner.once('exit', resolve));
    owner.kill('SIGKILL');
    await exited;
    return pid;
  }

  test('works in a folder whose path is too long for a socket, with blanks and a comma in it', async () => {
    const long = join(folder, 'uma pasta, longa demais'.padEnd(100, 'x'), 'p');
    const server = await startEmbeddedPostgres({ dataDir: long });
    expect(await askPg(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('makes the cluster anew when its first start was interrupted', async () => {
    const interrupted = join(folder, 'i');
    const first = await startEmbeddedPostgres({ dataDir: interrupted });
    await first.stop();
    // As an initdb that was killed leaves it.
    rmSync(join(interrupted, 'postgres', 'global'), { recursive: true });
    renameSync(join(interrupted, 'postgres'), join(interrupted, 'postgres.new'));
    const second = await startEmbeddedPostgres({ dataDir: interrupted });
    expect(await askPg(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
  });
});

test('a test database is migrated, and nobody else sees what is written to it', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await askPg(one.url, `insert into tenants (slug, name) values ('so-aqui', 'Só aqui')`);
  expect(await askPg(one.url, 'select slug from tenants')).toEqual([{ slug: 'so-aqui' }]);
  expect(await askPg(other.url, 'select slug from tenants')).toEqual([]);
  await Promise.all([one.drop(), other.drop()]);
});

describe('the private MariaDB', () => {
  test('gives a shop a reader who reads and cannot write', async () => {
    const shop = await createShopDatabase();
    await shop.admin.query('create table wp_posts (id int primary key)');
    await shop.admin.query('insert into wp_posts values (1)');
    const reader = await mysql.createConnection({
      host: shop.host,
      port: shop.port,
      user: shop.readerUser,
      password: shop.readerPassword,
      database: shop.database,
    });
    expect((await reader.query('select id from wp_posts'))[0]).toEqual([{ id: 1 }]);
    await expect(reader.query('insert into wp_posts values (2)')).rejects.toThrow('INSERT command denied');
    await reader.end();
    await shop.drop();
  });

  test('keeps its data over a restart on another port, and is there twice at once', async () => {
    const first = await startMariaDb({ dir: join(folder, 'm1') });
    const connect = (server: typeof first) =>
      mysql.createConnection({ host: server.host, port: server.port, user: server.user, password: server.password });
    const before = await connect(first);
    await before.query('create database kept');
    await before.end();
    await first.stop();
    const [again, other] = await Promise.all([
      startMariaDb({ dir: join(folder, 'm1') }),
      startMariaDb({ dir: join(folder, 'm2') }),
    ]);
    expect(again.port).not.toBe(other.port);
    for (const [server, count] of [
      [again, 1],
      [other, 0],
    ] as const) {
      const connection = await connect(server);
      expect((await connection.query(`show databases like 'kept'`))[0]).toHaveLength(count);
      await connection.end();
    }
    await Promise.all([again.stop(), other.stop()]);
  });
});

describe('the private sshd', () => {
  type Login = { privateKey: string; passphrase?: string };

  /** The first bytes of the MariaDB behind the tunnel, or the error. */
  function greetThrough(sshd: Sshd, port: number, login: Login): Promise<{ greeting: string; hostKey: string }> {
    return new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      let hostKey = '';
      client.once('error', reject);
      client.once('ready', () => {
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, stream) => {
          if (error) return reject(error);
          stream.once('data', (data: Buffer) => {
            client.end();
            resolve({ greeting: data.toString('latin1'), hostKey });
          });
        });
      });
      client.connect({
        host: sshd.host,
        port: sshd.port,
        username: sshd.user,
        ...login,
        hostHash: 'sha256',
        hostVerifier: (hash: string) => {
          hostKey = `SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
          return true;
        },
      });
    });
  }

  test('carries a connection to the database for an OpenSSH key, one with a passphrase and an RSA key in PEM; for no other', async () => {
    const sshd = await startSshd();
    const shop = await createShopDatabase();
    const locked = makeKeyPair({ cipher: 'aes256-ctr', passphrase: 'senha da chave', rounds: 8 });
    const rsa = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const parsed = ssh2.utils.parseKey(rsa.privateKey);
    if (parsed instanceof Error) throw parsed;
    appendFileSync(sshd.authorizedKeysFile, `${locked.public}\nssh-rsa ${parsed.getPublicSSH().toString('base64')}\n`);
    const logins: Login[] = [
      { privateKey: sshd.privateKey },
      { privateKey: locked.private, passphrase: 'senha da chave' },
      { privateKey: rsa.privateKey },
    ];
    for (const login of logins) {
      const { greeting, hostKey } = await greetThrough(sshd, shop.port, login);
      expect(greeting).toContain('MariaDB');
      expect(hostKey).toBe(sshd.hostKeyFingerprint);
    }
    await expect(greetThrough(sshd, shop.port, { privateKey: makeKeyPair().private })).rejects.toThrow(
      'authentication methods failed',
    );
    await shop.drop();
    await sshd.stop();
  });
});
