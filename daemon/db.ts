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
  const pool = new pg.Pool({ connectionString: url, application_name: name, max, options });
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

/** Runs sql/queries/`name`.sql with its named values; gives the result with its rowCount. */
export async function runQuery<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  client: Pool | Client,
  name: string,
  values: Record<string, unknown> = {},
): Promise<pg.QueryResult<Row>> {
  const file = loadSql(name);
  return await client.query<Row>(file.text, bindSql(file, values));
}

/** The client as a recompute sees it. */
export function statementsOf(client: TenantClient): Statements {
  return {
    tenantId: client.tenantId,
    async run<Row extends object>(name: string, values: Record<string, unknown> = {}) {
      const { rows, rowCount } = await runQuery(client, name, values);
      return { rows: rows as Row[], rowCount: rowCount ?? 0 };
    },
    async execute(text) {
      await client.query(text);
    },
  };
}
