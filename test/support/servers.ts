// What tests take from the shared servers: a Postgres database cloned from the migrated template, a MariaDB database with a read-only user, and
// servers of their own where a test must stop, break or configure one.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { inject } from 'vitest';
import { startSshd as startPrivateSshd } from '../../start/sshd.ts';
import { templateDatabase } from './global-setup.ts';

const unique = (prefix: string) => `${prefix}_${randomBytes(5).toString('hex')}`;

export type TestDatabase = { url: string; adminUrl: string; drop(): Promise<void> };

/** A database of its own, migrated unless it must be empty. `url` is its owner's, `adminUrl` the superuser's. */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const name = unique('t');
  await asAdmin(`create database ${name} ${isEmpty ? '' : `template ${templateDatabase}`} owner carrinho_owner`);
  const at = (url: string) => url.replace(/\/[^/?]+\?/, `/${name}?`);
  return {
    url: at(inject('postgresUrl')),
    adminUrl: at(inject('postgresAdminUrl')),
    drop: () => asAdmin(`drop database if exists ${name} with (force)`),
  };
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

export type ShopDatabase = {
  database: string;
  host: string;
  port: number;
  admin: mysql.Connection;
  readerUser: string;
  readerPassword: string;
  drop(): Promise<void>;
};

export type ShopServer = { host: string; port: number; user: string; password: string };

/** An empty MariaDB database: `admin` may do anything in it, the reader only SELECT. On the shared server unless told. */
export async function createShopDatabase(server: ShopServer = inject('mariaDb')): Promise<ShopDatabase> {
  const { host, port, user, password } = server;
  const database = unique('shop');
  const readerPassword = randomBytes(9).toString('base64url');
  const admin = await mysql.createConnection({ host, port, user, password, charset: 'utf8mb4_unicode_ci' });
  await admin.query(`create database ${database} character set utf8mb4 collate utf8mb4_unicode_520_ci`);
  await admin.query(`create user ${database}@'%' identified by ?`, [readerPassword]);
  await admin.query(`grant select on ${database}.* to ${database}@'%'`);
  await admin.query(`use ${database}`);
  await admin.query(`set sql_mode = ''`);
  return {
    database,
    host,
    port,
    admin,
    readerUser: database,
    readerPassword,
    async drop() {
      await admin.query(`drop database if exists ${database}`);
      await admin.query(`drop user if exists ${database}@'%'`);
      await admin.end();
    },
  };
}

/** A folder of the test's own for servers' data; removed with the shared servers. */
export const ownFolder = (name: string) => {
  const folder = mkdtempSync(join(inject('serversFolder'), `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
};

/** An sshd of the test's own; `options` are lines of sshd_config that win over ours. */
export const startSshd = ({ options = [] }: { options?: string[] } = {}) =>
  startPrivateSshd({ dir: join(ownFolder('s'), 's'), options });
