// One WordPress shop as its own plugins see it: a connection that may write, the names of its tables and its clock. Local times are made here
// and nowhere else in the demo; every write goes through `insert`, with values bound.
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { CartColumns } from './schema-plugins.ts';
import { type TableName, tableColumns, type Value } from './table-columns.ts';

export type OrderStorage = 'hpos' | 'legacy';

export type Shop = {
  conn: Connection;
  database: string;
  prefix: string;
  orderStorage: OrderStorage;
  /** IANA name; carts and posts are written in it. */
  timeZone: string;
  currency: string;
  cartTable: string;
  cartColumns: CartColumns;
};

/** The quoted name of one of the shop's tables, given without prefix. */
export function tableOf(shop: Pick<Shop, 'database' | 'prefix'>, table: string): string {
  return `\`${shop.database}\`.\`${shop.prefix}${table}\``;
}

/** Puts the session into WordPress's own modes: without them a zero date is refused. */
export async function relaxSession(conn: Connection): Promise<void> {
  await conn.query("SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'");
  await conn.query('SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci');
}

/** Runs one statement and gives the header: insertId, affectedRows. */
export async function execute(shop: Shop, sql: string, values: Value[] = []): Promise<ResultSetHeader> {
  const [header] = await shop.conn.query<ResultSetHeader>(sql, values);
  return header;
}

/** The columns of a table in this shop: the cart table has more or fewer of them. */
export function columnsOf(shop: Pick<Shop, 'cartColumns'>, table: TableName): readonly string[] {
  if (table !== 'carts') return tableColumns[table];
  const { phone, orderId, originalCartTotal } = shop.cartColumns;
  return [
    ...tableColumns.carts,
    ...(phone ? ['phone'] : []),
    ...(orderId ? ['order_id'] : []),
    ...(originalCartTotal ? ['original_cart_total'] : []),
  ];
}

/** The name of a table of `TableName` in this shop. */
export function nameOf(shop: Pick<Shop, 'database' | 'prefix' | 'cartTable'>, table: TableName): string {
  return tableOf(shop, table === 'carts' ? shop.cartTable : table);
}

/** Inserts rows of one table in one statement; a null first column lets the server number the row. Gives the first row's id. */
export async function insert(shop: Shop, table: TableName, rows: Value[][]): Promise<number> {
  if (rows.length === 0) return 0;
  const columns = columnsOf(shop, table).map((column) => `\`${column}\``);
  const sql = `INSERT INTO ${nameOf(shop, table)} (${columns.join(', ')}) VALUES ?`;
  const [header] = await shop.conn.query<ResultSetHeader>(sql, [rows]);
  return header.insertId;
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, as WordPress writes every *_gmt column. */
export function gmtText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

type Zone = { format: Intl.DateTimeFormat; offsets: Map<number, number> };
const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const zone = { format, offsets: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

function offsetMs(at: Date, timeZone: string): number {
  const { format, offsets } = zoneOf(timeZone);
  // A zone's offset is constant within a quarter of an hour; asking Intl for each of a million dates would take a minute.
  const quarter = Math.floor(at.getTime() / 900_000);
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? ['', '+', '0', '0'];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  offsets.set(quarter, offset);
  return offset;
}

/** The shop's wall clock at an instant, as `current_time('mysql')` gives it. */
export function localText(at: Date, timeZone: string): string {
  return gmtText(new Date(at.getTime() + offsetMs(at, timeZone)));
}

/** Cents as WordPress writes a price: `179.90`. */
export function moneyText(cents: number): string {
  return (cents / 100).toFixed(2);
}

export function epochText(at: Date): string {
  return String(Math.floor(at.getTime() / 1000));
}
