// A shop's rows as sources read them: columns by name, '' as absent, and pivoted metadata. Metadata keys are compared byte by byte here, because
// the shop's collation takes `nome_3` for `Nome_3`, and of a key written twice the lowest id counts, as in WordPress itself.
import { AppError } from '#shared/errors.ts';
import type { ShopContext, ShopRow } from '../source.ts';
import { repairDoubleEncoding } from './text.ts';

/** A row that cannot become a record; it goes to quarantine and the others land. */
export class UnreadableRowError extends AppError {
  readonly code = 'row_unreadable';
  readonly retry = 'never';
  constructor(field: string) {
    super(`unreadable ${field}`, { facts: { field } });
  }
}

/** The back-quoted name of a table of this shop, given without its prefix. */
export function tableOf(shop: Pick<ShopContext, 'prefix'>, table: string): string {
  return `\`${`${shop.prefix}${table}`.replaceAll('`', '``')}\``;
}

/** A column's text exactly as stored; null for NULL and for a column that was not selected. */
export function rawText(row: ShopRow | undefined, column: string): string | null {
  const value = row?.[column];
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : String(value);
}

/** Text for people: as typed, doubly encoded UTF-8 repaired; blank is null. */
export function readText(row: ShopRow | undefined, column: string): string | null {
  return presentText(rawText(row, column));
}

/** As readText, of a value at hand. */
export function presentText(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  return repairDoubleEncoding(text);
}

/** An id of the shop; null for NULL and for 0, WordPress's "none". */
export function readId(row: ShopRow | undefined, column: string): string | null {
  return presentId(rawText(row, column));
}

/** As readId, of a value at hand; what is no id is null. */
export function presentId(text: string | null | undefined): string | null {
  const digits = text?.trim() ?? '';
  if (!/^\d{1,18}$/.test(digits)) return null;
  if (!digits.startsWith('0')) return digits;
  return /^0+$/.test(digits) ? null : String(BigInt(digits));
}

/** By `key`, the value of each exact key's lowest `meta_id`; rows have `meta_id`, `meta_key`, `meta_value`. */
export function pivotMeta(rows: readonly ShopRow[] | undefined): Map<string, string> {
  const values = new Map<string, string>();
  // Nearly no key is written twice: ids are compared only then.
  const chosen = new Map<string, ShopRow>();
  for (const row of rows ?? []) {
    const key = rawText(row, 'meta_key');
    if (key === null) continue;
    const known = chosen.get(key);
    if (known && idOf(known, 'meta_id') <= idOf(row, 'meta_id')) continue;
    chosen.set(key, row);
    values.set(key, rawText(row, 'meta_value') ?? '');
  }
  return values;
}

/** Rows by the text of one column, each group in the order in which the rows came. */
export function groupBy(rows: readonly ShopRow[] | undefined, column: string): Map<string, ShopRow[]> {
  const groups = new Map<string, ShopRow[]>();
  for (const row of rows ?? []) {
    const key = rawText(row, column) ?? '';
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** Sorts rows by an id column, as numbers: what a server gives without `order by` is in no certain order. */
export function sortById(rows: readonly ShopRow[] | undefined, column: string): ShopRow[] {
  const sorted = rows ? [...rows] : [];
  if (sorted.length < 2) return sorted;
  return sorted.sort((a, b) => {
    const [idA, idB] = [idOf(a, column), idOf(b, column)];
    return idA < idB ? -1 : idA > idB ? 1 : 0;
  });
}

function idOf(row: ShopRow, column: string): bigint {
  return BigInt(rawText(row, column) ?? 0);
}

/**
 * An attribute as a person reads it: `attribute_pa_tamanho` → `tamanho: 37`. Names of attributes with accents are stored percent-encoded
 * (`pa_n%c3%bamero`).
 */
export function attributeText(key: string, value: string): string {
  const name = decodePercent(key.replace(/^attribute_/, '').replace(/^pa_/, ''));
  return `${repairDoubleEncoding(name)}: ${repairDoubleEncoding(decodePercent(value))}`;
}

function decodePercent(text: string): string {
  try {
    return /%[0-9a-f]{2}/i.test(text) ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

/** Literals of our own for `in (…)`; no value of a person ever comes here. */
export function quoteAll(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}

/**
 * SQL for "this key is one of these", byte by byte. It also keeps an index on the key out of the plan: 500 orders times 40 keys are ranges that
 * MySQL gives up on (range_optimizer_max_mem_size), and then reads the whole table.
 */
export function keyIn(column: string, keys: readonly string[]): string {
  return `cast(${column} as binary) in (${quoteAll(keys)})`;
}

/**
 * SQL for a row's fingerprint: the parts as text, NULL as ''. Each is cast, because columns of one old table may have several character sets, and
 * MySQL refuses to put those together ("illegal mix of collations").
 */
export function fingerprintOf(...parts: string[]): string {
  return `concat_ws('|', ${parts.map(fingerprintPart).join(', ')})`;
}

/** SQL for one part of a fingerprint. */
export function fingerprintPart(part: string): string {
  return `coalesce(cast(${part} as char character set utf8mb4), '')`;
}
