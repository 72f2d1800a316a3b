// A MariaDB of the test's own that writes down every statement it gets: what a shop's server really saw of us, not what our gateway says it sent.
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { startMariaDb } from '../../start/mariadb.ts';
import { ownFolder } from './servers.ts';

export type LoggingShopServer = Awaited<ReturnType<typeof startLoggingShopServer>>;

export async function startLoggingShopServer() {
  const server = await startMariaDb({
    dir: join(ownFolder('log'), 'm'),
    args: ['--log-output=TABLE', '--innodb-log-file-size=32M'],
  });
  const { host, port, user, password } = server;
  const admin = await mysql.createConnection({ host, port, user, password });
  return {
    ...server,
    /** The statements that this account sent while `work` ran, in order. */
    async statementsDuring(account: string, work: () => Promise<unknown>): Promise<string[]> {
      await admin.query('truncate mysql.general_log');
      // Only now: what fills a shop need not be written down twice.
      await admin.query('set global general_log = 1');
      await work();
      await admin.query('set global general_log = 0');
      const [rows] = await admin.query<RowDataPacket[]>(
        `select convert(argument using utf8mb4) as statement from mysql.general_log
         where command_type = 'Query' and user_host like ? order by event_time, thread_id`,
        [`${account.replaceAll('_', '\\_')}[%`],
      );
      return rows.map(({ statement }) => String(statement));
    },
    async stop() {
      await admin.end();
      await server.stop();
    },
  };
}
