// How a transaction's queries reached their tables, so that a test can hold "by index, and only about a page of rows" for the very statement that
// the screen sends.
import type { Tx } from '../../api/db.ts';

export type TableReads = Record<string, { scans: number; rows: number }>;

/** Scans of whole tables and rows fetched by index, by table, while `work` ran. */
export async function countTableReads(
  tx: Tx,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<TableReads> {
  // These views also count what earlier transactions of the session have not reported yet: only differences mean something.
  const read = async () => {
    const rows = await tx<{ relname: string; scans: number; rows: number }[]>`
      select relname::text, seq_scan::int as scans, coalesce(idx_tup_fetch, 0)::int as rows from pg_stat_xact_user_tables
      where relname in ${tx([...tables])}`;
    return new Map(rows.map((row) => [row.relname, row]));
  };
  const before = await read();
  await work();
  const after = await read();
  return Object.fromEntries(
    tables.map((table) => [
      table,
      {
        scans: (after.get(table)?.scans ?? 0) - (before.get(table)?.scans ?? 0),
        rows: (after.get(table)?.rows ?? 0) - (before.get(table)?.rows ?? 0),
      },
    ]),
  );
}
