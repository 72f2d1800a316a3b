// Our own database: restarted in order and killed while batches are written, with a real daemon and a real api in front of it; set to read only; and
// on a disk that fills up. Nothing is half written, everybody comes back without help, and the state is told while it lasts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import { withTenant } from '../../daemon/db.ts';
import { migrate } from '../../daemon/migrate.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { Random } from '../../start/demo/random.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../start/embedded-postgres.ts';
import { freePort, runProgram, serverUser } from '../../start/processes.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { ownFolder } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { amounts, timeLimit } from './amounts.ts';
import { loadBacklog } from './backlog.ts';
import { checkCopy } from './check.ts';
import { report } from './report.ts';

const random = Random.of(amounts.seed, 'postgres');
const hour = 3_600_000;
let folder: string;
let postgres: EmbeddedPostgres;
let world: SyncShop;
let shopTime = new Date(Date.now() - 5 * 24 * hour);

const start = () => startEmbeddedPostgres({ dataDir: folder, isDurable: false });

beforeAll(async () => {
  folder = ownFolder('p');
  postgres = await start();
  await migrate(postgres.url);
  world = await createSyncShop({
    isGenerated: true,
    size: 'tiny',
    shopNow: shopTime,
    database: { url: postgres.url, adminUrl: postgres.adminUrl, drop: async () => undefined },
  });
});
afterAll(async () => {
  await world?.drop().catch(() => undefined);
  await postgres?.stop();
});

async function connectAdmin(): Promise<pg.Client> {
  const admin = new pg.Client({ connectionString: postgres.url.replace('carrinho_owner@', 'postgres@') });
  admin.on('error', () => undefined);
  await admin.connect();
  return admin;
}

async function sellForHours(): Promise<void> {
  const from = shopTime;
  shopTime = new Date(from.getTime() + 8 * hour);
  await loadBacklog(world.shop, { random, orders: 900, leads: 900, from, to: shopTime });
}

const enqueue = (kind: string) =>
  withTenant(world.pool, world.tenantId, (client) => client.query('select enqueue_job($1, $2)', [world.siteId, kind]));

async function untilTrue(isTrue: () => Promise<boolean>, what: string, withinMs = 180_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}

async function startApi(): Promise<{ url: string; output(): string; stop(): Promise<void> }> {
  const port = await freePort();
  const run = fileURLToPath(new URL('../../start/run.mjs', import.meta.url));
  const child = spawn(process.execPath, [run, 'api/main.ts'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: postgres.url,
      PORT: String(port),
      DATA_DIR: mkdtempSync(join(tmpdir(), 'cel-api-')),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await untilTrue(async () => (await fetch(`${url}/health`)).ok, 'the api answers');
  return {
    url,
    output: () => output,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test(
  'restarted or killed while a batch is written: daemon and api come back by themselves, and the copy becomes equal',
  async () => {
    const daemon: DaemonProcess = await startDaemon(world);
    const api = await startApi();
    const injected = { 'restarted (fast shutdown)': 0, 'killed (SIGQUIT, crash recovery)': 0 };
    try {
      for (let index = 0; index < amounts.postgresRestarts; index += 1) {
        await sellForHours();
        await enqueue('poll');
        const before = Number(
          (await world.rows<{ id: string }>('select coalesce(max(id), 0) as id from batches'))[0]!.id,
        );
        const pages = random.int(1, 4);
        await untilTrue(
          async () => (await world.rows(`select from batches where id > ${before} offset ${pages}`)).length > 0,
          'a run that writes',
        );
        const isKilled = index % 2 === 1;
        if (isKilled)
          process.kill(Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
        await postgres.stop();
        expect((await fetch(`${api.url}/health`).catch(() => null))?.status ?? 500).toBeGreaterThanOrEqual(500);
        await sleep(random.int(0, 500));
        postgres = await start();
        await untilTrue(async () => (await fetch(`${api.url}/health`)).ok, 'the api is back');
        await untilTrue(async () => (await fetch(`http://127.0.0.1:${daemon.port}/health`)).ok, 'the daemon is back');
        injected[isKilled ? 'killed (SIGQUIT, crash recovery)' : 'restarted (fast shutdown)'] += 1;
        const last = (await world.rows<{ id: string }>('select coalesce(max(id), 0) as id from runs'))[0]!.id;
        await enqueue('poll');
        await untilTrue(
          async () => (await world.rows(`select from runs where id > ${last} and state = 'succeeded'`)).length > 0,
          'a run that ends well',
        );
      }
      expect(daemon.child.exitCode).toBeNull();
      const check = await checkCopy(world);
      for (const [kind, count] of Object.entries(injected))
        report({ fault: 'Postgres', kind, injected: count, ...check });
    } catch (error) {
      console.error(daemon.output().slice(-4_000), api.output().slice(-2_000));
      throw error;
    } finally {
      await daemon.end('SIGKILL');
      await api.stop();
    }
  },
  timeLimit,
);

test(
  'set to read only: the daemon says so, no run begins, and once it takes writes again everything arrives',
  async () => {
    const admin = await connectAdmin();
    const daemon = await startDaemon(world);
    const health = async () => {
      const response = await fetch(`http://127.0.0.1:${daemon.port}/health`);
      return { code: response.status, ...((await response.json()) as { status: string }) };
    };
    try {
      await sellForHours();
      await enqueue('poll');
      await admin.query('alter database carrinho set default_transaction_read_only = on');
      // Of the sessions that are open, too.
      const others = `from pg_stat_activity where datname = 'carrinho' and pid <> pg_backend_pid() and usename <> 'postgres'`;
      await admin.query(`select pg_terminate_backend(pid) ${others}`);
      await untilTrue(async () => (await health()).status === 'database_read_only', 'the state is told');
      expect((await health()).code).toBe(503);
      await admin.query('set default_transaction_read_only = off');
      await admin.query('alter database carrinho reset default_transaction_read_only');
      await admin.query(`select pg_terminate_backend(pid) ${others}`);
      await untilTrue(async () => (await health()).status === 'ok', 'the daemon is well again');
      // A run of before may end well too, without what was sold meanwhile.
      const last = (await world.rows<{ id: string }>('select coalesce(max(id), 0) as id from runs'))[0]!.id;
      await enqueue('poll');
      await untilTrue(
        async () => (await world.rows(`select from runs where id > ${last} and state = 'succeeded'`)).length > 0,
        'a run that ends well',
      );
      report({ fault: 'Postgres', kind: 'read only', injected: 1, ...(await checkCopy(world)) });
    } catch (error) {
      console.error(daemon.output().slice(-4_000));
      throw error;
    } finally {
      await daemon.end('SIGKILL');
      await admin.query('set default_transaction_read_only = off');
      await admin.query('alter database carrinho reset default_transaction_read_only');
      await admin.end();
    }
  },
  timeLimit,
);

/** A file system that is full after some megabytes; null where we may not mount one. */
async function mountSmallDisk(): Promise<{
  path: string;
  resize(megabytes: number): Promise<void>;
  unmount(): Promise<void>;
} | null> {
  const path = join(folder, 'disk');
  mkdirSync(path, { recursive: true });
  const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=700', 'carrinho-test', path], {
    asRoot: true,
  }).then(
    () => true,
    () => false,
  );
  if (!mounted) return null;
  if (serverUser) chownSync(path, serverUser.uid, serverUser.gid);
  return {
    path,
    resize: async (megabytes) => {
      await runProgram('mount', ['-o', `remount,size=${megabytes}m`, path], { asRoot: true });
    },
    unmount: async () => {
      await runProgram('umount', [path], { asRoot: true });
    },
  };
}

test(
  'a full disk: the run ends with its own sentence, what was committed stays, and with room again everything arrives',
  async () => {
    const admin = await connectAdmin();
    const disk = await mountSmallDisk();
    let free: () => Promise<void>;
    const run = () => runSite(world.engine, { tenantId: world.tenantId, siteId: world.siteId, kind: 'poll' });
    try {
      if (disk) {
        await admin.query(`create tablespace small_disk location '${disk.path}'`);
        await admin.query('grant create on tablespace small_disk to carrinho_owner');
        for (const table of ['orders', 'order_items', 'leads', 'lead_answers', 'match_keys']) {
          await admin.query(`alter table ${table} set tablespace small_disk`);
        }
        const { rows } = await admin.query<{ megabytes: number }>(
          `select ceil(pg_tablespace_size('small_disk') / 1048576.0)::int as megabytes`,
        );
        await disk.resize(rows[0]!.megabytes + 1);
        free = () => disk.resize(200);
      } else {
        // Where nothing may be mounted, the table itself says what a full disk makes Postgres say.
        await admin.query(`create function full_disk() returns trigger language plpgsql as $$ begin
      raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$`);
        await admin.query('create trigger full_disk before insert on order_items execute function full_disk()');
        free = async () => void (await admin.query('drop function full_disk cascade'));
      }
      let failed: Awaited<ReturnType<typeof run>> = null;
      for (let index = 0; index < 10 && !failed?.error; index += 1) {
        await sellForHours();
        failed = await run();
      }
      expect(failed?.error?.code).toBe('database_full');
      expect(failed?.error?.retry).toBe('next-run');
      expect(runMessage('database_full').sentence).toContain('disco');
      const [shown] = await world.rows<{ state: string; error_code: string }>(
        'select state, error_code from runs order by id desc limit 1',
      );
      expect(shown).toEqual({ state: 'failed', error_code: 'database_full' });
      await free();
      expect((await run())?.error).toBeNull();
      const kind = disk ? 'disk full (small file system)' : 'disk full (refused by a trigger: no right to mount)';
      report({ fault: 'Postgres', kind, injected: 1, ...(await checkCopy(world)) });
    } finally {
      if (disk) {
        for (const table of ['orders', 'order_items', 'leads', 'lead_answers', 'match_keys']) {
          await admin.query(`alter table ${table} set tablespace pg_default`).catch(() => undefined);
        }
        await admin.query('drop tablespace small_disk').catch(() => undefined);
        await disk.unmount();
      }
      await admin.end();
    }
  },
  timeLimit,
);
