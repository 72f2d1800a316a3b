// A private MariaDB on a free port of the loopback, for the demo's shops and for tests. Not durable beyond a clean stop: its data can be made again.
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServerPrograms, type ServerPrograms, serverCache } from './debian-servers.ts';
import {
  freePort,
  greets,
  makeServerFolder,
  runProgram,
  serverUser,
  startServer,
  stopServer,
  untilReady,
} from './processes.ts';

export type MariaDb = { host: '127.0.0.1'; port: number; user: 'admin'; password: string; stop(): Promise<void> };

const password = 'admin-so-da-demonstracao';

/** Creates the data folder at the first time and starts the server; `admin` may do anything. `args` are added to mariadbd's. */
export async function startMariaDb({
  dir,
  port,
  args = [],
}: {
  dir: string;
  port?: number;
  args?: string[];
}): Promise<MariaDb> {
  const programs = await findServerPrograms('mariadb');
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  const data = join(dir, 'data');
  if (!existsSync(data)) await createData(programs, data);
  // Read at each start, so that a first start that was interrupted is made good by the next one.
  const startSql = join(dir, 'start.sql');
  writeFileSync(
    startSql,
    `create user if not exists admin@'%' identified by '${password}';\ngrant all on *.* to admin@'%' with grant option;\nalter user root@localhost identified by '${password}';\n`,
    { mode: 0o644 },
  );
  const socket = join(data, 's.sock');
  rmSync(socket, { force: true });
  const chosen = port ?? (await freePort());
  const server = startServer(
    serverProgram(programs),
    [
      '--no-defaults',
      `--basedir=${programs.usr}`,
      `--datadir=${data}`,
      `--init-file=${startSql}`,
      `--socket=${socket}`,
      '--bind-address=127.0.0.1',
      `--port=${chosen}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--character-set-server=utf8mb4',
      '--innodb-log-file-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=256M',
      '--max-connections=200',
      ...(serverUser ? ['--user=nobody'] : []),
      ...args,
    ],
    { logFile: join(dir, 'mariadb.log'), stopSignal: 'TERM', env: programs.env },
  );
  await untilReady(
    server,
    // Not over the port: another server might answer there. It greets after it has run start.sql.
    () => greets({ path: socket }),
    { name: 'O MariaDB' },
  );
  return { host: '127.0.0.1', port: chosen, user: 'admin', password, stop: () => stopServer(server, 30_000) };
}

const serverProgram = ({ usr }: ServerPrograms) =>
  join(usr, existsSync(join(usr, 'sbin/mariadbd')) ? 'sbin/mariadbd' : 'bin/mariadbd');

/** A copy of a fresh data folder that is made once for each build of the server: copying it takes a tenth of making it. */
async function createData(programs: ServerPrograms, data: string): Promise<void> {
  const build = statSync(serverProgram(programs));
  const template = join(serverCache, `mariadb-data-${build.size}-${Math.round(build.mtimeMs)}`);
  if (!existsSync(template)) {
    mkdirSync(serverCache, { recursive: true, mode: 0o755 });
    const unfinished = `${template}.${crypto.randomUUID()}`;
    makeServerFolder(unfinished);
    await runProgram(
      join(programs.usr, 'bin/mariadb-install-db'),
      [
        '--no-defaults',
        `--basedir=${programs.usr}`,
        `--datadir=${unfinished}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
        '--innodb-log-file-size=16M',
      ],
      { env: programs.env },
    );
    // Whoever renames first wins; the other's folder is the same.
    try {
      renameSync(unfinished, template);
    } catch {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const copy = `${data}.new`;
  rmSync(copy, { recursive: true, force: true });
  makeServerFolder(copy);
  await runProgram('cp', ['-a', `${template}/.`, copy]);
  renameSync(copy, data);
}
