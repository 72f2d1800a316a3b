// Debian's own Postgres, older than the embedded one: what many servers have. Used where it is installed, else unpacked into the cache of the test
// servers. Started for one test file, without fsync.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { socketUrl } from '#shared/database-url.ts';
import { libraryPath, serverCache, unpackPackages } from '../../start/debian-servers.ts';
import { makeServerFolder, runProgram, startServer, stopServer, untilReady } from '../../start/processes.ts';

const versionsIn = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];

async function findPrograms(): Promise<{ bin: string; version: number; env: Record<string, string> }> {
  const pick = (root: string) => {
    const folder = join(root, 'usr/lib/postgresql');
    const version = Math.min(...versionsIn(folder).map(Number));
    return Number.isFinite(version) ? { bin: join(folder, String(version), 'bin'), version } : null;
  };
  const installed = pick('/');
  if (installed) return { ...installed, env: {} };
  const root = join(serverCache, 'debian-postgres');
  if (!existsSync(root)) {
    const listed = await runProgram('apt-cache', ['search', '--names-only', '^postgresql-[0-9]+$'], { asRoot: true });
    const name = /^(postgresql-\d+) /m.exec(listed)?.[1];
    if (!name)
      throw new Error(
        'Não há PostgreSQL nesta máquina nem nas listas do apt: instale com "apt-get install postgresql".',
      );
    await unpackPackages([name], root);
  }
  return { ...pick(root)!, env: libraryPath(root) };
}

/** Starts an empty cluster in `dir` with the role carrinho_owner and its database `carrinho`. */
export async function startDebianPostgres(
  dir: string,
): Promise<{ url: string; version: number; stop(): Promise<void> }> {
  const { bin, version, env } = await findPrograms();
  const [data, socketFolder, logFile] = [join(dir, 'data'), join(dir, 's'), join(dir, 'postgres.log')];
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  makeServerFolder(data);
  makeServerFolder(socketFolder);
  await runProgram(
    join(bin, 'initdb'),
    [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { env },
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${socketFolder}`, 'fsync=off'];
  const server = startServer(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    logFile,
    env,
    stopSignal: 'INT',
  });
  const admin = () =>
    new pg.Client({ connectionString: socketUrl({ user: 'postgres', database: 'postgres', socketFolder }) });
  await untilReady(
    server,
    async () => {
      const client = admin();
      client.on('error', () => {});
      return await client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    },
    { name: 'O Postgres do Debian' },
  );
  const client = admin();
  await client.connect();
  await client.query('create role carrinho_owner login createrole');
  await client.query('create database carrinho owner carrinho_owner');
  await client.end();
  return {
    url: socketUrl({ user: 'carrinho_owner', database: 'carrinho', socketFolder }),
    version,
    stop: () => stopServer(server),
  };
}
