// Loads many rows quickly: LOAD DATA from memory, one table's buffer at a time, while the next rows are being invented. Plain indexes are made
// after the load: on 14 million rows a random insert into each of them costs more than the rows themselves.
import { Readable } from 'node:stream';
import type { RowDataPacket } from 'mysql2/promise';
import { columnsOf, nameOf, type Shop } from './shop.ts';
import type { TableName, TableRow, Value } from './table-columns.ts';

const bufferLength = 4_000_000;
const special = /[\\\t\n\r\0]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function field(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return special.test(value) ? value.replace(/[\\\t\n\r\0]/g, (char) => escapes[char]!) : value;
}

function line(values: Value[]): string {
  let text = '';
  for (let index = 0; index < values.length; index += 1) text += (index === 0 ? '' : '\t') + field(values[index]!);
  return `${text}\n`;
}

export class BulkLoader {
  readonly #buffers = new Map<TableName, { lines: string[]; length: number }>();
  #loading: Promise<void> = Promise.resolve();

  constructor(readonly shop: Shop) {}

  put([table, values]: TableRow): void {
    const text = line(values);
    const buffer = this.#buffers.get(table) ?? { lines: [], length: 0 };
    buffer.lines.push(text);
    buffer.length += text.length;
    this.#buffers.set(table, buffer);
  }

  /** Sends what is full. Waits for the load before it, so that at most one buffer is on its way. */
  async drain({ isLast = false }: { isLast?: boolean } = {}): Promise<void> {
    for (const [table, { lines, length }] of this.#buffers) {
      if (lines.length === 0 || (!isLast && length < bufferLength)) continue;
      this.#buffers.delete(table);
      await this.#loading;
      this.#loading = this.#load(table, lines.join(''));
      // Rejections are met at the next await; without this line Node would call them unhandled until then.
      this.#loading.catch(() => undefined);
    }
    if (isLast) await this.#loading;
  }

  async #load(table: TableName, text: string): Promise<void> {
    const columns = columnsOf(this.shop, table).map((column) => `\`${column}\``);
    await this.shop.conn.query({
      sql: `LOAD DATA LOCAL INFILE 'memory' INTO TABLE ${nameOf(this.shop, table)} CHARACTER SET utf8mb4 (${columns.join(', ')})`,
      infileStreamFactory: () => Readable.from([Buffer.from(text)]),
    });
  }
}

const heavyTables: TableName[] = [
  'posts',
  'postmeta',
  'comments',
  'wc_orders',
  'wc_order_addresses',
  'wc_orders_meta',
  'wc_order_operational_data',
  'woocommerce_order_items',
  'woocommerce_order_itemmeta',
];

/** Takes the plain indexes off the large tables; the function given back puts the very same ones on again. */
export async function deferIndexes(shop: Shop): Promise<() => Promise<void>> {
  const restore: string[] = [];
  for (const table of heavyTables) {
    if (shop.orderStorage === 'legacy' && table.startsWith('wc_')) continue;
    const name = nameOf(shop, table);
    const [rows] = await shop.conn.query<RowDataPacket[]>(`SHOW CREATE TABLE ${name}`);
    const definition = String(rows[0]?.['Create Table']);
    const keys = [...definition.matchAll(/^ {2}KEY `(\w+)` \(.*\)/gm)];
    if (keys.length === 0) continue;
    await shop.conn.query(`ALTER TABLE ${name} ${keys.map(([, key]) => `DROP KEY \`${key}\``).join(', ')}`);
    restore.push(`ALTER TABLE ${name} ${keys.map(([key]) => `ADD ${key.trim()}`).join(', ')}`);
  }
  return async () => {
    for (const sql of restore) await shop.conn.query(sql);
  };
}
