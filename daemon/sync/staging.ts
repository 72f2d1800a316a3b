// The temporary tables through which every batch passes. They belong to one connection and are empty after each transaction.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { type Client, runQuery } from '../db.ts';
import type { PreparedRow } from './prepare.ts';
import type { TargetDefinition } from './target.ts';

const stagingTables = [
  'leads',
  'lead_answers',
  'lead_values',
  'carts',
  'cart_items',
  'cart_emails',
  'orders',
  'order_items',
  'order_refunds',
  'order_coupons',
  'site_customers',
  'keys',
  'touched',
];

const withTables = new WeakSet<Client>();

/**
 * Makes them before a connection's first batch, outside of any transaction. A poll that finds nothing needs none, and making thirteen tables, one commit
 * each that empties those before, took Postgres ten times as long as the rest of it.
 */
export async function prepareStaging(client: Client): Promise<void> {
  if (withTables.has(client)) return;
  await client.query('begin');
  try {
    await createStagingTables(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  withTables.add(client);
}

/** Makes the staging tables that this connection lacks. */
export async function createStagingTables(client: Client): Promise<void> {
  await client.query('set client_min_messages = warning');
  for (const table of stagingTables) await runQuery(client, `stage_${table}`);
}

/** Sends lines of COPY text to a staging table. */
export async function copyLines(client: Client, table: string, columns: string[], lines: string[]): Promise<void> {
  if (lines.length === 0) return;
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(chunks(lines), { objectMode: false }), stream);
}

const chunkSize = 256 * 1024;

function* chunks(lines: string[]): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(chunkSize);
  let size = 0;
  for (const line of lines) {
    // UTF-8 takes three bytes a unit at most.
    const most = line.length * 3 + 1;
    if (size + most > chunkSize) {
      if (size > 0) yield chunk.subarray(0, size);
      chunk = Buffer.allocUnsafe(Math.max(chunkSize, most));
      size = 0;
    }
    size += chunk.write(line, size);
    chunk[size++] = 10;
  }
  yield chunk.subarray(0, size);
}

/** Stages rows with their children and keys. */
export async function stageRows(client: Client, definition: TargetDefinition, rows: PreparedRow[]): Promise<void> {
  await copyLines(
    client,
    `staged_${definition.table}`,
    [...definition.columns, 'source_hash', 'scan_hash'],
    rows.map((row) => `${row.line}\t${row.sourceHash}\t${row.scanHash ?? '\\N'}`),
  );
  for (const [table, columns] of Object.entries(definition.childColumns)) {
    await copyLines(
      client,
      table,
      columns,
      rows.flatMap((row) => row.children[table] ?? []),
    );
  }
  if (!definition.hasKeys) return;
  await copyLines(
    client,
    'staged_keys',
    ['external_id', 'key', 'phone_kind', 'is_presumed'],
    rows.flatMap((row) => row.keys),
  );
}
