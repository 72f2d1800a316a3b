// What every session on a shop is told once: read only, no strictness about zero dates, a time limit. The answer is read back, because a
// proxy may drop a SET. The time zone stays the shop's: WordPress keeps wall-clock text, and only wordpress-time.ts converts it.
import type { Log } from '#shared/log.ts';
import { ReadOnlyUnverifiedError, ShopQueryError } from './errors.ts';
import type { Gateway } from './gateway.ts';

export type Flavor = 'mariadb' | 'mysql';

/** What the session is, as read back from the server. */
export type SessionFacts = {
  serverVersion: string;
  flavor: Flavor;
  /** The variable that says 1: the session is read only. */
  readOnlyVariable: string;
  /** Null when the server has no such limit. */
  statementLimitMs: number | null;
  /** How many connections this user may have at once; null when the server does not bound them. */
  mostConnections: number | null;
};

/** Sets the session up through the gateway and verifies it; throws ReadOnlyUnverifiedError. */
export async function prepareSession(
  gateway: Gateway,
  { statementTimeoutMs, log }: { statementTimeoutMs: number; log: Log },
): Promise<SessionFacts> {
  await gateway.query('SET SESSION TRANSACTION READ ONLY');
  await gateway.query('SET NAMES utf8mb4');
  await gateway.query("SET SESSION sql_mode = ''");
  const [row] = await gateway.query<{ version: string }>('select version() as version');
  const serverVersion = row?.version ?? '';
  const flavor: Flavor = /mariadb/i.test(serverVersion) ? 'mariadb' : 'mysql';
  const limit =
    flavor === 'mariadb'
      ? `SET SESSION max_statement_time = ${statementTimeoutMs / 1000}`
      : `SET SESSION max_execution_time = ${Math.round(statementTimeoutMs)}`;
  let statementLimitMs: number | null = statementTimeoutMs;
  await orWithoutVariable(gateway.query(limit), () => {
    statementLimitMs = null;
    log.warn('shop.no_statement_limit', { serverVersion });
  });

  // MySQL 5.6 and MariaDB before 11.1 know only the old name, MySQL 8 only the new one.
  const names = ['transaction_read_only', 'tx_read_only'];
  if (flavor === 'mariadb') names.reverse();
  for (const name of names) {
    const rows = await orWithoutVariable(
      gateway.query<{ isReadOnly: unknown; mode: string; most: unknown }>(
        `select @@session.${name} as isReadOnly, @@session.sql_mode as mode, @@max_user_connections as most`,
      ),
      () => undefined,
    );
    if (rows?.[0] && Number(rows[0].isReadOnly) === 1 && rows[0].mode === '')
      return {
        serverVersion,
        flavor,
        readOnlyVariable: name,
        statementLimitMs,
        mostConnections: Number(rows[0].most) || null,
      };
  }
  throw new ReadOnlyUnverifiedError(`the session did not become read only (${serverVersion})`, {
    facts: { serverVersion },
  });
}

async function orWithoutVariable<T>(result: Promise<T>, onUnknown: () => void): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    // 1193 = ER_UNKNOWN_SYSTEM_VARIABLE
    if (!(error instanceof ShopQueryError) || error.facts.mysql !== '1193') throw error;
    onUnknown();
    return undefined;
  }
}
