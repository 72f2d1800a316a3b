// The read-only MySQL user that a shop's owner would create for us: SELECT on that one database and nothing else.
import type { Connection } from 'mysql2/promise';

/** Creates (or renews) the user and its grant. `host` is where it may come from; `%` is anywhere. */
export async function createReaderUser(
  conn: Connection,
  { database, user, password, host = '%' }: { database: string; user: string; password: string; host?: string },
): Promise<void> {
  await conn.query('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [user, host, password]);
  await conn.query('ALTER USER ?@? IDENTIFIED BY ?', [user, host, password]);
  // In a grant `_` is a wildcard: without the backslash `loja_um` would also open `lojaXum`.
  const pattern = database.replace(/[_%]/g, '\\$&');
  await conn.query(`GRANT SELECT ON \`${pattern}\`.* TO ?@?`, [user, host]);
}
