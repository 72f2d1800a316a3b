// What a backup holds, asked of the catalog, so that no new table is forgotten: every table of ours but those that only say who is here now. The job
// engine's own tables stay out too: a daemon makes its jobs from schedules and commands.
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { Client } from '../db.ts';
import { measure } from './file.ts';

/** Restored they would lie: daemons that run, open sessions and one-time links (also those ended since), failed logins, backups made. */
const leftOut = ['schema_migrations', 'daemons', 'sessions', 'login_links', 'login_failures', 'backups'];

export type TableShape = {
  name: string;
  columns: string[] /** ORDER BY of its key, the same on every server. */;
  order: string;
};
export type SequenceState = { table: string; column: string; lastValue: string; isCalled: boolean };

/** Our tables with their columns, without the computed ones, by name. */
export async function listTables(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `select c.relname as name,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
            (select string_agg(quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end, ', ' order by k.nth)
             from pg_index i cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, nth)
             join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
             where i.indrelid = c.oid and i.indisprimary) as "order"
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all($1::text[]) order by c.relname collate "C"`,
    [leftOut],
  );
  const unordered = rows.filter(({ order }) => order === null).map(({ name }) => name);
  if (unordered.length > 0) throw new Error(`tables without a primary key: ${unordered.join(', ')}`);
  return rows;
}

/** Where the numbers of each table stand. Never behind a snapshot that began before. */
export async function listSequences(client: Client, tables: readonly { name: string }[]): Promise<SequenceState[]> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relname = any($1::text[]) and a.attidentity <> '' order by 1, 2`,
    [tables.map(({ name }) => name)],
  );
  const states: SequenceState[] = [];
  for (const { table, column, sequence } of rows) {
    const state = await client.query<{ lastValue: string; isCalled: boolean }>(
      `select last_value as "lastValue", is_called as "isCalled" from ${sequence}`,
    );
    states.push({ table, column, ...state.rows[0]! });
  }
  return states;
}

/** The text of values must be the same on every server, since it is compared by its hash. */
export const textSettings = `set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local xmlbinary = 'base64'; set local client_encoding = 'UTF8';
  set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`;

/** A table's rows as COPY text, in the order of its key. */
export function readRows(client: Client, { name, columns, order }: TableShape) {
  return client.query(copyTo(`copy (select ${columns.join(', ')} from ${name} order by ${order}) to stdout`));
}

/** How many rows a table has and the SHA-256 of their COPY text. */
export async function fingerprint(client: Client, shape: TableShape): Promise<{ rowCount: number; sha256: string }> {
  const rows = readRows(client, shape);
  const measured = measure();
  await pipeline(rows, measured.through, new Writable({ write: (_chunk, _encoding, done) => done() }));
  return { rowCount: rows.rowCount, sha256: measured.result().sha256 };
}

/** Which keys sealed the secrets in these tables: the second part of what lies in each column …_sealed (shared/secrets.ts). */
export async function listKeyIds(client: Client, tables: readonly TableShape[]): Promise<string[]> {
  const found = new Set<string>();
  for (const { name, columns } of tables) {
    for (const column of columns.filter((each) => each.endsWith('_sealed'))) {
      const { rows } = await client.query<{ keyId: string }>(
        `select distinct split_part(${column}, '.', 2) as "keyId" from ${name} where ${column} is not null`,
      );
      for (const { keyId } of rows) found.add(keyId);
    }
  }
  return [...found].sort();
}
