// A private MariaDB on a free port of the loopback, for the demo's shops and for tests. Not durable beyond a clean stop: its data can be made again.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { findServerPrograms } from './debian-servers.ts';
import {
  freePort,
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
  const { usr, env } = await findServerPrograms('mariadb');
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  const data = join(dir, 'data');
  const isNew = !existsSync(join(data, 'mysql'));
  makeServerFolder(data);
  if (isNew) {
    await runProgram(
      join(usr, 'bin/mariadb-install-db'),
      [
        '--no-defaults',
        `--basedir=${usr}`,
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
        '--innodb-log-file-size=16M',
      ],
      { env },
    );
  }
  const logFile = join(dir, 'mariadb.log');
  const socket = join(data, 's.sock');
  const chosen = port ?? (await freePort());
  const server = startServer(
    join(usr, existsSync(join(usr, 'sbin/mariadbd')) ? 'sbin/mariadbd' : 'bin/mariadbd'),
    [
      '--no-defaults',
      `--basedir=${usr}`,
      `--datadir=${data}`,
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
    { logFile, env },
  );
  const connect = (user: string, secret: string) =>
    mysql.createConnection({ socketPath: socket, user, password: secret });
  try {
    await untilReady(
      server,
      async () => {
        if (!existsSync(socket)) return false;
        const connection = await connect(isNew ? 'root' : 'admin', isNew ? '' : password).catch(() => null);
        await connection?.end();
        return connection !== null;
      },
      { name: 'O MariaDB', logFile },
    );
    if (isNew) {
      const root = await connect('root', '');
      await root.query(`create user admin@'%' identified by ?`, [password]);
      await root.query(`grant all on *.* to admin@'%' with grant option`);
      await root.query(`alter user root@localhost identified by ?`, [password]);
      await root.end();
    }
  } catch (error) {
    await stopServer(server, 'SIGTERM');
    throw error;
  }
  return {
    host: '127.0.0.1',
    port: chosen,
    user: 'admin',
    password,
    stop: () => stopServer(server, 'SIGTERM', 30_000),
  };
}
