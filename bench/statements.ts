// What each statement of a pool cost its backend: seconds of processor by the kernel's count, so that a busy machine tells nearly the same.
import { readdirSync, readFileSync } from 'node:fs';
import { loadSql } from '#shared/sql-files.ts';
import type { Pool } from '../daemon/db.ts';

/** `seconds` of the backend's processor (where /proc does not tell: of the clock). */
export type Statement = { name: string; seconds: number; calls: number };

type Sent = string | { cursor?: { text: string } };
type Answer = Promise<unknown> | { once(event: 'finish', tell: () => void): void } | undefined;

/** Watches all that the connections which `pool` opens from now on send. Statements of sql/queries have the names of their files. */
export function watchStatements(pool: Pool) {
  const folder = new URL('../sql/queries/', import.meta.url);
  const names = new Map(
    readdirSync(folder)
      .map((file) => file.replace(/\.sql$/, ''))
      .map((name) => [loadSql(name).text, name]),
  );
  let seen = new Map<string, Statement>();
  pool.on('connect', (client) => {
    const { processID } = client as unknown as { processID: number };
    const send = client.query.bind(client) as (...args: unknown[]) => Answer;
    client.query = ((...args: unknown[]) => {
      const before = backendSeconds(processID);
      const add = () => {
        const sent = args[0] as Sent;
        // A COPY is an object that holds its text.
        const text = typeof sent === 'string' ? sent : (sent.cursor?.text ?? 'copy');
        const name = names.get(text) ?? text.replace(/\s+/g, ' ').slice(0, 60);
        const statement = seen.get(name) ?? { name, seconds: 0, calls: 0 };
        statement.seconds += backendSeconds(processID) - before;
        statement.calls++;
        seen.set(name, statement);
      };
      const answer = send(...args);
      if (answer instanceof Promise) void answer.then(add, add);
      else answer?.once?.('finish', add);
      return answer;
    }) as unknown as typeof client.query;
  });
  return {
    /** What was seen since the last call, the dearest first. */
    clear(): Statement[] {
      const statements = [...seen.values()].sort((a, b) => b.seconds - a.seconds);
      seen = new Map();
      return statements;
    },
  };
}

function backendSeconds(pid: number): number {
  if (process.platform !== 'linux') return performance.now() / 1000;
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}
