// What the benches of the sync stand on: an embedded Postgres and a MariaDB of their own, a shop, empty copies of it, and the processor time of
// each server. Servers take nobody's time when nothing is measured.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createSecretBox } from '#shared/secrets.ts';
import type { ConnectionSettings } from '../daemon/connections/connection.ts';
import { saveConnection } from '../daemon/connections/connection-store.ts';
import { createPool, withTenant } from '../daemon/db.ts';
import { migrate } from '../daemon/migrate.ts';
import type { RunKind } from '../daemon/sync/run-record.ts';
import type { OrderStorage } from '../start/demo/shop.ts';
import { startEmbeddedPostgres } from '../start/embedded-postgres.ts';
import { startMariaDb } from '../start/mariadb.ts';
import { memoryFlags } from '../start/supervisor.ts';
import { cpuSeconds } from './measure.ts';
import { type Amounts, fillShop, prefix } from './shop-rows.ts';
import type { Statement } from './statements.ts';

export type World = Awaited<ReturnType<typeof bootWorld>>;
export type ShopDatabase = { database: string; admin: mysql.Connection; host: string; port: number };

let shared: World | undefined;

/** Both servers in a folder that `stop` removes; where a world is shared, that one. `mariaArgs` go to mariadbd. */
export async function startWorld(options: { mariaArgs?: string[] } = {}): Promise<World> {
  return shared ? { ...shared, stop: async () => {} } : await bootWorld(options);
}

/** What is measured from now on stands on `world` and leaves it running: short forms, whose sizes need no server of their own. */
export function shareWorld(world: World): void {
  shared = world;
}

async function bootWorld({ mariaArgs = [] }: { mariaArgs?: string[] }) {
  const dir = mkdtempSync(join(tmpdir(), 'cel-medida-'));
  chmodSync(dir, 0o755);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: dir, isDurable: false });
    stops.push(() => postgres.stop());
    await migrate(postgres.url);
    const mariaDb = await startMariaDb({ dir: join(dir, 'mariadb'), args: mariaArgs });
    stops.push(() => mariaDb.stop());
    const admin = new pg.Client({ connectionString: postgres.adminUrl });
    await admin.connect();
    stops.push(() => admin.end());
    let count = 0;
    return {
      dir,
      mariaDb,
      url: postgres.url,
      adminUrl: postgres.adminUrl,
      stop,
      /** Seconds of processor so far of Postgres, its ended backends too, and of MariaDB. */
      serverCpu: () => serverCpu(dir),
      async makeShop(amounts: Amounts, storage: OrderStorage = 'hpos'): Promise<ShopDatabase> {
        const database = `loja${++count}`;
        const { host, port, user, password } = mariaDb;
        const connection = await mysql.createConnection({ host, port, user, password, charset: 'utf8mb4_unicode_ci' });
        stops.push(() => connection.end());
        await fillShop(connection, { database, storage, amounts });
        return { database, admin: connection, host, port };
      },
      /**
       * An empty copy of the shop: a database of its own with one company, and the process that syncs it, directly unless `line` tells otherwise.
       * `isWatched`: it tells each statement's cost, which costs something itself.
       */
      async makeCopy(
        shop: ShopDatabase,
        { line = {}, isWatched = false }: { line?: Partial<ConnectionSettings>; isWatched?: boolean } = {},
      ): Promise<Copy> {
        const name = `copia${++count}`;
        await admin.query(`create database ${name} template carrinho owner carrinho_owner`);
        const copy = await makeCopy({
          shop,
          mariaDb,
          line,
          isWatched,
          url: databaseUrl(postgres.url, name),
          adminUrl: databaseUrl(postgres.adminUrl, name),
        });
        stops.push(() => copy.end());
        return {
          ...copy,
          async drop() {
            await copy.end();
            await admin.query(`drop database ${name} with (force)`);
          },
        };
      },
      async wal(): Promise<bigint> {
        const { rows } = await admin.query<{ at: string }>(`select pg_current_wal_insert_lsn() - '0/0' as at`);
        return BigInt(rows[0]!.at);
      },
      checkpoint: () => admin.query('checkpoint'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of another database of the same server. */
const databaseUrl = (url: string, name: string) => url.replace(/\/[^/?]+\?/, `/${name}?`);

export type WorkerReport = {
  seconds: number;
  /** Of these, recomputing. */
  recomputeSeconds: number;
  /** User and system time of the process meanwhile. */
  nodeCpu: number;
  /** The most that the process ever held, in MB. */
  peakMb: number;
  read: number;
  written: number;
  /** Where the copy is watched. */
  statements: Statement[];
};

/** `writerCpu` is of the backend that writes the copies; others recompute. */
export type SyncReport = WorkerReport & { writerCpu: number };

export type Copy = {
  url: string;
  adminUrl: string;
  tenantId: TenantId;
  pid: number;
  /** Runs once; `minutes` = how much later it is than at the last run, as the daemon's clock has it. */
  sync(kind: RunKind, minutes?: number): Promise<SyncReport>;
  end(): Promise<void>;
  drop(): Promise<void>;
};

type CopyInput = {
  shop: ShopDatabase;
  mariaDb: World['mariaDb'];
  line: Partial<ConnectionSettings>;
  isWatched: boolean;
  url: string;
  adminUrl: string;
};

async function makeCopy({ shop, mariaDb, line, isWatched, url, adminUrl }: CopyInput): Promise<Omit<Copy, 'drop'>> {
  const secretKey = randomBytes(32);
  const owner = createPool({ url, role: 'carrinho_owner', name: 'medida-dono', max: 1 });
  const { rows } = await owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name, area_code) values ('medida', 'Medida', '11') returning id`,
  );
  const tenantId = rows[0]!.id;
  const siteId = await withTenant(owner, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      `insert into sites (tenant_id, slug, name, table_prefix) values ($1, 'loja', 'Loja', $2) returning id`,
      [tenantId, prefix],
    );
    const { id } = site.rows[0]!;
    await client.query(
      `insert into field_mappings (tenant_id, site_id, name_key, phone_key, email_key, size_key)
       values ($1, $2, 'Nome_3', 'Whatsapp_8', 'E-mail_2', 'Numero_do_sapato_9')`,
      [tenantId, id],
    );
    await saveConnection(
      { client, siteId: id, box: createSecretBox(secretKey) },
      {
        mode: 'direct',
        host: shop.host,
        port: shop.port,
        user: mariaDb.user,
        password: mariaDb.password,
        database: shop.database,
        tls: { mode: 'off' },
        ...line,
      },
    );
    return id;
  });
  await owner.end();
  // Compiled and with the limits of the daemon itself: as tsx runs them, its functions take three times as long.
  const worker = fork(fileURLToPath(new URL('../start/run.mjs', import.meta.url)), ['bench/sync-worker.ts'], {
    execArgv: memoryFlags,
    env: {
      ...process.env,
      MEDIDA: JSON.stringify({ url, tenantId, siteId, secretKey: secretKey.toString('hex'), isWatched }),
    },
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return {
    url,
    adminUrl,
    tenantId,
    pid: worker.pid!,
    async sync(kind, minutes = 0) {
      const writer = await watchWriter(adminUrl);
      const report = await ask<WorkerReport>(worker, { kind, minutes });
      return { ...report, writerCpu: await writer() };
    },
    async end() {
      if (worker.connected) worker.disconnect();
      await ended;
    },
  };
}

/** The backend that holds the shop's lock is the one that writes the copies. Gives what it used since then. */
async function watchWriter(adminUrl: string): Promise<() => Promise<number>> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  let [pid, first, last] = [0, 0, 0];
  const look = async () => {
    const { rows } = await admin.query<{ pid: number }>(
      `select l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'advisory' and a.datname = current_database() and a.application_name = 'medida' order by l.pid limit 1`,
    );
    if (!rows[0]) return;
    if (pid === 0) [pid, first] = [rows[0].pid, cpuSeconds(rows[0].pid)];
    last = cpuSeconds(pid);
  };
  const timer = setInterval(() => void look().catch(() => {}), 200);
  return async () => {
    clearInterval(timer);
    await admin.end();
    if (pid !== 0) last = cpuSeconds(pid);
    return last - first;
  };
}

function ask<Answer>(worker: ChildProcess, question: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`the syncing process ended with ${code}`));
    worker.once('exit', fail);
    worker.once('message', (answer: { error?: string } & Answer) => {
      worker.off('exit', fail);
      if (answer.error) reject(new Error(answer.error));
      else resolve(answer);
    });
    worker.send(question);
  });
}

export type ServerCpu = { postgres: number; mariadb: number };

function serverCpu(dir: string): ServerCpu {
  const cpu = { postgres: 0, mariadb: 0 };
  const postmaster = Number(readFileSync(join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
      const [parent, own, ended] = [stat[1]!, stat[11]! + stat[12]!, stat[13]! + stat[14]!];
      if (Number(pid) === postmaster) cpu.postgres += own + ended;
      else if (parent === postmaster) cpu.postgres += own;
      else if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`mariadbd\0--no-defaults`) && isOf(pid, dir))
        cpu.mariadb += own;
    } catch {
      // it ended meanwhile
    }
  }
  return { postgres: cpu.postgres / 100, mariadb: cpu.mariadb / 100 };
}

const isOf = (pid: string, dir: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--datadir=${dir}/`);
