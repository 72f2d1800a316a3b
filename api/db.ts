// The web process' way to Postgres. Tenant data is reached only inside withTenant(): it sets app.tenant_id for one transaction, and row
// security does the rest. bigint and numeric stay strings, instants are Date, only column names become camelCase (jsonb keys are data).
import postgres from 'postgres';
import { splitSocketFolder } from '#shared/database-url.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import { bindSql, loadSql } from '#shared/sql-files.ts';
import { together } from '#shared/together.ts';

export type Sql = postgres.Sql;
/** A transaction; inside withTenant() it sees one company's rows. */
export type Tx = postgres.TransactionSql;
/** A part of a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

export type Database = {
  /** For the tables without tenant (users, sessions, login_links …). */
  sql: Sql;
  /** One transaction that sees and writes only this company's rows. */
  withTenant<T>(tenantId: TenantId, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** One transaction that sees the memberships of this user. */
  withUser<T>(userId: UserId, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Transactions under way, connections left for more, and transactions that wait for one. */
  pool(): { used: number; idle: number; waiting: number };
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  /** SET ROLE at connection start; null when the URL's own user already is the web process' role. */
  role: 'carrinho_api' | null;
  name?: string;
  max?: number;
  /** A pooler in transaction mode stands between. */
  isPooled?: boolean;
  /** Nothing can be written through it. */
  isReadOnly?: boolean;
};

const queryTimeoutMs = '15000';

/** For statements outside of a transaction: short ones, always the same. */
const directConnections = 2;
/**
 * Transactions take one of these while one is free. A connection plans what a page asks for anew the first five times, which costs more than reading it,
 * and of all that are free postgres.js takes the one that rested longest: at an operator's pace every page would come to one that knows nothing.
 */
const usualConnections = 3;

/**
 * Opens a pool of `max` connections for transactions and two for single statements; nothing connects before the first query. A query inside withTenant
 * or withUser is cut after 15 s.
 */
export function openDatabase({
  url,
  role,
  name = 'carrinho-api',
  max = 10,
  isPooled = false,
  isReadOnly = false,
}: DatabaseOptions): Database {
  // A statement prepared on one of a pooler's connections is not known on the next.
  const open = (size: number, overrides = {}) => {
    const sql = connect({ url, role, name }, { max: size, prepare: !isPooled, ...overrides });
    return isPooled ? oneByOne(sql) : sql;
  };
  const place = (size: number, overrides = {}): Place => ({
    sql: open(size, overrides),
    size,
    mode: isReadOnly ? 'read only' : '',
    counts: { asked: 0, begun: 0, ended: 0 },
  });
  const sql = open(directConnections);
  const usual = place(Math.min(max, usualConnections));
  const spare = max > usualConnections ? place(max - usualConnections, { idle_timeout: 60 }) : usual;
  const free = () => (usual.counts.asked - usual.counts.ended < usual.size ? usual : spare);
  const places = [...new Set([usual, spare])];
  const sum = (name: keyof Counts) => places.reduce((total, { counts }) => total + counts[name], 0);
  return {
    sql,
    withTenant: (tenantId, work) => inTransaction(free(), 'app.tenant_id', tenantId, work),
    withUser: (userId, work) => inTransaction(free(), 'app.user_id', userId, work),
    pool() {
      const used = sum('begun') - sum('ended');
      return { used, idle: Math.max(0, max - used), waiting: sum('asked') - sum('begun') };
    },
    async close() {
      await Promise.all([sql, ...places.map((place) => place.sql)].map((each) => each.end({ timeout: 5 })));
    },
  };
}

/**
 * On a busy connection postgres.js sends a statement behind one that has no values. PgBouncer before 1.21 gives the connection to somebody else as soon
 * as the first is answered, and the answer to the second to nobody: the page never comes. So such a first one lets nothing follow it. `onexecute` is
 * read by postgres.js but not in its types: false says that the connection takes no more.
 */
function oneByOne(sql: Sql): Sql {
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const [text] = args as [TemplateStringsArray];
      if (args.length > 1 || !Array.isArray(text?.raw)) return Reflect.apply(target, self, args);
      return target.unsafe(text[0]!, [], { onexecute: () => false } as postgres.UnsafeQueryOptions);
    },
  });
}

/** postgres.js with our settings; `overrides` for the connection that only listens. */
export function connect(
  { url, role, name }: { url: string; role: 'carrinho_api' | null; name: string },
  overrides: postgres.Options<Record<string, postgres.PostgresType>> = {},
): Sql {
  const { url: address, host } = splitSocketFolder(url);
  return postgres(address, {
    ...(host ? { host } : {}),
    onnotice: () => {},
    transform: { column: { from: postgres.toCamel } },
    ...overrides,
    connection: {
      application_name: name,
      TimeZone: 'UTC',
      // PgBouncer stands only in front of a login role of our own, and refuses settings that it does not know at connection start.
      ...(role ? { role, jit: false } : {}),
    },
  });
}

/** Transactions since the start; postgres.js does not tell how its pool stands. */
type Counts = { asked: number; begun: number; ended: number };
type Place = { sql: Sql; size: number; mode: string; counts: Counts };

async function inTransaction<T>(
  { sql, counts, mode }: Place,
  setting: string,
  value: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let hasBegun = false;
  counts.asked++;
  try {
    const result = await sql.begin(mode, async (tx) => {
      hasBegun = true;
      counts.begun++;
      const set = tx`select set_config(${setting}, ${value}, true), set_config('statement_timeout', ${queryTimeoutMs}, true)`;
      // On its way before the first of `work`, and not waited for.
      const [, done] = await together([set.execute(), work(tx)]);
      return done;
    });
    return result as T;
  } finally {
    if (hasBegun) counts.ended++;
    else counts.asked--;
  }
}

/** Runs sql/queries/`name`.sql with its named values, inside the transaction given. */
export async function runQuery<Row extends object>(
  tx: Tx,
  name: string,
  values: Record<string, unknown> = {},
): Promise<Row[]> {
  return (await runCounted<Row>(tx, name, values)).rows;
}

/**
 * Planned for their values each time: an open period reads a table in another way than a day, and work tables have other rows in each pass. The others
 * are prepared once a connection: planning what a person's page asks for cost 30 ms, answering it 10.
 */
const plannedAnew =
  /^(?:recompute_(?!notify$)|get_figures_|list_queue$|export_|list_customers_export$|get_access_report$|get_certificate$)/;

/** runQuery() with the number of rows that the statement gave or changed. */
export async function runCounted<Row extends object>(
  tx: Tx,
  name: string,
  values: Record<string, unknown> = {},
): Promise<{ rows: Row[]; rowCount: number }> {
  const file = loadSql(name);
  const rows = await tx.unsafe<Row[]>(file.text, bindSql(file, values) as postgres.ParameterOrJSON<never>[], {
    prepare: !plannedAnew.test(name),
  });
  return { rows: [...rows], rowCount: rows.count };
}
