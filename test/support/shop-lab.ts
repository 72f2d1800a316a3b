// A shop's database with users of every kind, and what the connection tests do with it: open a shop, or keep the error that refused it.
import { readFileSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { createLog } from '#shared/log.ts';
import {
  type ConnectionSettings,
  type OpenShopOptions,
  openShop,
  type Shop,
} from '../../daemon/connections/connection.ts';
import { startMariaDb } from '../../start/mariadb.ts';

export const tlsFile = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
export const ca = readFileSync(tlsFile('ca.pem'), 'utf8');
export const database = 'loja_conexoes';
export const password = "s3nha'secreta\\";

export type ShopLab = Awaited<ReturnType<typeof startShopLab>>;

/** A folder that the servers' own user may enter, removed by `remove`. */
export async function makeLabFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'loja-'));
  await chmod(dir, 0o755);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** A MariaDB of its own with the shop in it; `certificate` names the pair of test/fixtures/tls that it shows, none = no TLS. */
export async function startShopLab({ certificate }: { certificate?: 'server' | 'other' } = {}) {
  const { dir, remove } = await makeLabFolder();
  const args = ['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=16M'];
  if (certificate) {
    const files = { ca: 'ca.pem', cert: `${certificate}.pem`, key: `${certificate}.key` };
    for (const [option, name] of Object.entries(files)) {
      await copyFile(tlsFile(name), join(dir, name));
      await chmod(join(dir, name), 0o644);
      args.push(`--ssl-${option}=${join(dir, name)}`);
    }
  }
  const server = await startMariaDb({ dir, args });
  const { host, port } = server;
  const admin = await mysql.createConnection({ host, port, user: server.user, password: server.password });
  await fillDatabase(admin);
  const opened: Shop[] = [];
  const logged: string[] = [];
  const log = createLog((line) => logged.push(line));

  async function open(change: Partial<ConnectionSettings> = {}, options: Partial<OpenShopOptions> = {}): Promise<Shop> {
    const settings: ConnectionSettings = {
      mode: 'direct',
      host: '127.0.0.1',
      port,
      user: 'leitor',
      password,
      database,
      tls: { mode: 'off' },
      ...change,
    };
    const shop = await openShop(settings, {
      allowedNetworks: ['127.0.0.0/8'],
      log,
      ...options,
    });
    opened.push(shop);
    return shop;
  }

  return {
    port,
    admin,
    log,
    logged,
    open,
    /** The error of an opening that must fail; its code is `opened` when it did not. */
    failure: (change: Partial<ConnectionSettings>, options: Partial<OpenShopOptions> = {}) =>
      open(change, options).then(
        () => ({ code: 'opened', facts: {} as Record<string, string>, message: '' }),
        (error) => error,
      ),
    async stop() {
      await Promise.all(opened.map((shop) => shop.close()));
      await admin.end();
      await server.stop();
      await remove();
    },
  };
}

async function fillDatabase(connection: mysql.Connection) {
  await connection.query(`create database ${database} character set utf8mb4`);
  await connection.query('create database outra_loja');
  for (const user of ['leitor', 'escritor']) {
    await connection.query(`create user ${user}@'%' identified by ?`, [password]);
  }
  await connection.query(`grant select on ${database}.* to leitor@'%'`);
  await connection.query(`grant all on *.* to escritor@'%'`);
  await connection.query(`create user parcial@'%' identified by ?`, [password]);
  await connection.query(`use ${database}`);
  await connection.query(
    `create table tipos (id bigint unsigned primary key, pequeno tinyint, valor decimal(26,8), quando datetime, dia date,
      texto longtext, cru longblob, estado enum('normal','lost'), documento json)`,
  );
  await connection.query(`set sql_mode = ''`);
  await connection.query(
    `insert into tipos values (18446744073709551615, -3, 1234567890123456.12345678, '0000-00-00 00:00:00', '2025-01-31',
      'ação 🛒\\0fim', x'00ff', 'lost', '{"a":1}'), (2, 1, 0.1, '2025-01-15 12:00:00', '0000-00-00', '', '', 'normal', null)`,
  );
  await connection.query(`grant select on ${database}.tipos to parcial@'%'`);
  await connection.query('create table segredo (id int)');
}
