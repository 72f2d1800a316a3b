// The daemon's way to Postgres. Tenant data is reached only inside withTenant(): it sets app.tenant_id for one transaction, and row security
// does the rest. Times are UTC; bigint and numeric stay strings, instants become Date.
import pg from 'pg';
import type { TenantId } from '#shared/ids.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { bindSql, loadSql } from '#shared/sql-files.ts';

export type Pool = pg.Pool;
export type Client = pg.PoolClient;
/** A client whose transaction has its tenant set. */
export type TenantClient = Client & { readonly tenantId: TenantId };
export type Role = 'carrinho_owner' | 'carrinho_daemon' | 'carrinho_api';

/**
 * A pool that works as `role` (SET ROLE at connection start), or as the URL's own user when `role` is null.
 * Every connection: UTC, no JIT (plans here are short), a name that shows in pg_stat_activity.
 */
export function createPool({
  url,
  role,
  name,
  max = 10,
}: {
  url: string;
  role: Role | null;
  name: string;
  max?: number;
}): Pool {
  // temp_buffers: a recompute's scratch tables thrash in the default 8 MB.
  const options = ['-c timezone=UTC', '-c jit=off', '-c temp_buffers=32MB', ...(role ? [`-c role=${role}`] : [])].join(
    ' ',
  );
  // From one poll of a minute to the next: what a new connection learns about tables and buffers anew cost a recompute as much again.
  const idleTimeoutMillis = 120_000;
  const pool = new pg.Pool({ connectionString: url, application_name: name, max, options, idleTimeoutMillis });
  // A connection that breaks (Postgres restarted) is replaced by the pool; without listeners it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` in one transaction; rolls back when it throws. */
export async function withTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Runs `work` in one transaction that sees and writes only this tenant's rows. */
export async function withTenant<T>(
  pool: Pool,
  tenantId: TenantId,
  work: (client: TenantClient) => Promise<T>,
): Promise<T> {
  return await withTransaction(pool, async (client) => {
    await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    return await work(Object.assign(client, { tenantId }));
  });
}

/**
 * One transaction of a tenant in one message: short statements cost less than the way to Postgres and back. `ask` sends all that it wants before it
 * waits for any answer; a statement after that throws. `afterwards` follows the commit, in the same message.
 */
export async function inOneMessage<T>(
  client: Client,
  tenantId: TenantId,
  ask: (client: TenantClient) => Promise<T>,
  { afterwards }: { afterwards?: string } = {},
): Promise<T> {
  type Asked = { text: string; resolve(result: pg.QueryResult): void; reject(error: unknown): void };
  const asked: Asked[] = [];
  let isSent = false;
  const recorder = {
    tenantId,
    query(text: string, values: readonly unknown[] = []) {
      if (isSent) throw new Error('asked after the message had been sent');
      return new Promise<pg.QueryResult>((resolve, reject) => {
        asked.push({ text: fillSql(client, text, values), resolve, reject });
      });
    },
  };
  const answer = ask(recorder as unknown as TenantClient);
  answer.catch(() => undefined);
  isSent = true;
  const statements = [
    'begin',
    `select set_config('app.tenant_id', ${client.escapeLiteral(tenantId)}, true)`,
    ...asked.map(({ text }) => text),
    'commit',
    ...(afterwards === undefined ? [] : [afterwards]),
  ];
  try {
    const results = (await client.query(statements.join(';\n'))) as unknown as pg.QueryResult[];
    for (const [index, { resolve }] of asked.entries()) resolve(results[index + 2]!);
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    for (const { reject } of asked) reject(error);
    throw error;
  }
  return await answer;
}

/** inOneMessage() on a connection of the pool. */
export async function askInOneMessage<T>(
  pool: Pool,
  tenantId: TenantId,
  ask: (client: TenantClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await inOneMessage(client, tenantId, ask);
  } catch (error) {
    // After most errors it could be used again, but they are rare.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The statement with its values as literals of no type, as a parameter has none. */
function fillSql(client: Client, text: string, values: readonly unknown[]): string {
  return text.replace(/\$(\d+)/g, (_, position: string) => {
    const value = values[Number(position) - 1];
    if (value === null || value === undefined) return 'null';
    return client.escapeLiteral(textOf(value));
  });
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map((one) => (one === null ? 'null' : quoted(textOf(one)))).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** Runs sql/queries/`name`.sql with its named values; gives the result with its rowCount. */
export async function runQuery<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  client: Pool | Client,
  name: string,
  values: Record<string, unknown> = {},
): Promise<pg.QueryResult<Row>> {
  const file = loadSql(name);
  return await client.query<Row>(file.text, bindSql(file, values));
}

/** The client as a recompute sees it. Statements asked at once go one after the other: pg will refuse a second one while it waits for the first. */
export function statementsOf(client: TenantClient): Statements {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const asked = last.then(ask, ask);
    last = asked;
    return asked;
  };
  return {
    tenantId: client.tenantId,
    async run<Row extends object>(name: string, values: Record<string, unknown> = {}) {
      const { rows, rowCount } = await inTurn(() => runQuery(client, name, values));
      return { rows: rows as Row[], rowCount: rowCount ?? 0 };
    },
    async execute(text) {
      await inTurn(() => client.query(text));
    },
  };
}
