// What a shop's database holds, read at every run because it changes under us: plugins come and go, order storage switches, a staging copy
// appears beside the shop (docs/wordpress.md §2). Several WordPress installs in one database are offered, never guessed.
import { AppError } from '#shared/errors.ts';
import type { TimeZone } from '#shared/time-zone.ts';
import type { ShopTables, Source } from '../source.ts';
import { checksumOf, checksumPart, joinChecksum } from '../wordpress/row-look.ts';
import { findPrefixes, siteOfNetwork } from '../wordpress/table-prefix.ts';
import { siteTimeZone } from '../wordpress/wordpress-time.ts';
import { SelectDeniedError, TableMissingError } from './errors.ts';
import { type Gateway, quoteIdentifier } from './gateway.ts';
import { fill } from './statement.ts';

type ShopInstall = {
  /** `wp_`, `cli_`, or `wp_2_` of a multisite's second site. */
  prefix: string;
  /** Where `users` and `usermeta` are: differs from `prefix` in a multisite only. */
  basePrefix: string;
  /** Null when its options cannot be read, or were not asked for. */
  siteUrl: string | null;
  blogName: string | null;
};

export type ShopFacts = {
  /** Every WordPress found, in findPrefixes()' order. */
  prefixes: ShopInstall[];
  /** The asked one when it exists, else the only one there is; null = a person must choose, and all that follows is empty. */
  prefix: string | null;
  basePrefix: string;
  /** Name without prefix → its columns, as the server spells them. `users` and `usermeta` of a multisite are the base site's. */
  tables: Map<string, Set<string>>;
  siteUrl: string | null;
  blogName: string | null;
  /** The server's clock, `YYYY-MM-DD HH:MM:SS` in UTC; null without a chosen prefix. */
  clockGmt: string | null;
  /** From `timezone_string`, else `gmt_offset` as a fixed offset; UTC when neither is set. The options as stored are in `options`. */
  timeZone: TimeZone;
  /** `BRL`; '' without WooCommerce. */
  currency: string;
  /** Where the true orders are; null without WooCommerce. */
  orderStorage: 'hpos' | 'legacy' | null;
  /** Both stores are kept equal by WooCommerce. */
  isOrderSyncOn: boolean;
  /** Tables that one of the sources would read carts from, without prefix, each source's best first. */
  cartTables: string[];
  /** Form Vibes' tables without prefix; older copies spell `fv_entries`. */
  formTables: { entries: string; meta: string } | null;
  /** woocommerce, woocommerceDb, formVibesDb, cartflows, wordpressDb: those that the shop has. */
  versions: Record<string, string>;
  /** What optionsLook() gave when they were read. */
  optionsLook: string;
  /** As stored: `fv_forms` (form titles), `fv-keys`, `active_plugins`, all PHP-serialized; `timezone_string`, `gmt_offset`. */
  options: Record<string, string>;
};

const versionOptions = {
  woocommerce_version: 'woocommerce',
  woocommerce_db_version: 'woocommerceDb',
  fv_db_version: 'formVibesDb',
  wcf_ca_version: 'cartflows',
  db_version: 'wordpressDb',
} as const;
const otherOptions = [
  'siteurl',
  'blogname',
  'woocommerce_currency',
  'woocommerce_custom_orders_table_enabled',
  'woocommerce_custom_orders_table_data_sync_enabled',
];
const rawOptions = ['fv_forms', 'fv-keys', 'active_plugins', 'timezone_string', 'gmt_offset'];
const optionNames = [...Object.keys(versionOptions), ...otherOptions, ...rawOptions];

/** Those that what a poll reads depends on. The others (names, versions) are asked with the tables, every ten minutes. */
const urgentOptions = [
  'woocommerce_custom_orders_table_enabled',
  'woocommerce_currency',
  'active_plugins',
  'timezone_string',
  'gmt_offset',
];

/** SQL for one value that changes when an option does that what a poll reads depends on: the shop's plugins, its storage, its clock, its currency. */
export function optionsLook(prefix: string): string {
  return fill(
    `select ${checksumOf('option_name', 'option_value')} from ${quoteIdentifier(`${prefix}options`)} where option_name in (:names)`,
    { names: urgentOptions },
  );
}

/**
 * Reads what the database holds. `prefix` is the shop's chosen one; case is compared loosely, some servers fold names to lower case.
 * `asksNeighbours: false` reads nothing of another install: a run needs only its own, in two statements, and a database may hold hundreds.
 */
export async function discoverShop(
  gateway: Gateway,
  {
    prefix,
    sources,
    asksNeighbours = true,
  }: { prefix?: string | null; sources: readonly Source[]; asksNeighbours?: boolean },
): Promise<ShopFacts> {
  const own = asksNeighbours || !prefix ? null : await listTables(gateway, prefix);
  const all = own?.has(`${prefix}options`) ? own : await listTables(gateway);
  const prefixes: ShopInstall[] = [];
  for (const { prefix: found, basePrefix } of findPrefixes([...all.keys()])) {
    const read = asksNeighbours ? await readOptionsIfAllowed(gateway, found, ['siteurl', 'blogname']) : null;
    prefixes.push({
      prefix: found,
      basePrefix,
      siteUrl: read?.options.siteurl ?? null,
      blogName: read?.options.blogname ?? null,
    });
  }
  const chosen = choose(prefixes, prefix ?? null);
  if (!chosen) return emptyFacts(prefixes);

  const tables = tablesOf(all, chosen, prefixes);
  const { options, clockGmt, look } = await readOptions(gateway, chosen.prefix, optionNames);
  const entries = ['fv_enteries', 'fv_entries'].find((name) => tables.has(name));
  return {
    ...emptyFacts(prefixes),
    prefix: chosen.prefix,
    basePrefix: chosen.basePrefix,
    tables,
    siteUrl: options.siteurl ?? null,
    blogName: options.blogname ?? null,
    clockGmt,
    timeZone: siteTimeZone(options),
    currency: options.woocommerce_currency ?? '',
    orderStorage: orderStorageOf(tables, options),
    isOrderSyncOn: options.woocommerce_custom_orders_table_data_sync_enabled === 'yes',
    cartTables: [...new Set(sources.flatMap(({ cartTables }) => cartTables?.(shopTablesOf(tables)) ?? []))],
    formTables: entries && tables.has('fv_entry_meta') ? { entries, meta: 'fv_entry_meta' } : null,
    versions: Object.fromEntries(
      Object.entries(versionOptions).flatMap(([option, name]) => (options[option] ? [[name, options[option]]] : [])),
    ),
    optionsLook: look,
    options: Object.fromEntries(rawOptions.flatMap((name) => (options[name] ? [[name, options[name]]] : []))),
  };
}

function emptyFacts(prefixes: ShopInstall[]): ShopFacts {
  return {
    prefixes,
    prefix: null,
    basePrefix: '',
    tables: new Map(),
    siteUrl: null,
    blogName: null,
    clockGmt: null,
    timeZone: 'UTC',
    currency: '',
    orderStorage: null,
    isOrderSyncOn: false,
    cartTables: [],
    formTables: null,
    versions: {},
    optionsLook: '',
    options: {},
  };
}

function choose(prefixes: ShopInstall[], wanted: string | null): ShopInstall | null {
  if (wanted === null) return prefixes.length === 1 ? prefixes[0]! : null;
  const exact = prefixes.find(({ prefix }) => prefix === wanted);
  return exact ?? prefixes.find(({ prefix }) => prefix.toLowerCase() === wanted.toLowerCase()) ?? null;
}

/** Tables with their columns: all, or those whose names begin so, with the users of the network whose site this may be. */
async function listTables(gateway: Gateway, prefix = ''): Promise<Map<string, Set<string>>> {
  const base = siteOfNetwork(prefix)?.base ?? prefix;
  // MySQL 8 gives information_schema's columns in upper case unless they are named.
  const rows = await gateway.query<{ tableName: string; columnName: string }>(
    `select table_name as tableName, column_name as columnName from information_schema.columns
     where table_schema = database() and (table_name like :names escape '|' or table_name in (:users))`,
    { names: `${prefix.replaceAll('_', '|_')}%`, users: [`${base}users`, `${base}usermeta`] },
  );
  const tables = new Map<string, Set<string>>();
  for (const { tableName, columnName } of rows) {
    const columns = tables.get(tableName) ?? new Set();
    tables.set(tableName, columns.add(columnName));
  }
  return tables;
}

// A table belongs to the longest prefix it starts with: `wp_2_posts` and `wp_stage_posts` are none of `wp_`.
function tablesOf(
  all: Map<string, Set<string>>,
  chosen: ShopInstall,
  prefixes: ShopInstall[],
): Map<string, Set<string>> {
  const longer = prefixes.filter(
    ({ prefix }) => prefix.length > chosen.prefix.length && prefix.startsWith(chosen.prefix),
  );
  const tables = new Map<string, Set<string>>();
  for (const [name, columns] of all) {
    if (!name.startsWith(chosen.prefix) || longer.some(({ prefix }) => name.startsWith(prefix))) continue;
    tables.set(name.slice(chosen.prefix.length), columns);
  }
  for (const name of ['users', 'usermeta']) {
    const columns = all.get(chosen.basePrefix + name);
    if (columns) tables.set(name, columns);
  }
  return tables;
}

async function readOptions(
  gateway: Gateway,
  prefix: string,
  names: string[],
): Promise<{ options: Record<string, string>; clockGmt: string | null; look: string }> {
  const rows = await gateway.query<{ name: string; value: string; clock: string; part: number | string }>(
    `select option_name as name, option_value as value, utc_timestamp() as clock, ${checksumPart('option_name', 'option_value')} as part
     from ${quoteIdentifier(`${prefix}options`)} where option_name in (:names)`,
    { names },
  );
  // The collation ignores case: only the exact name counts.
  const exact = rows.filter(({ name }) => names.includes(name)).map(({ name, value }) => [name, value]);
  const urgent = rows.filter(({ name }) => urgentOptions.includes(name.toLowerCase()));
  return {
    options: Object.fromEntries(exact),
    clockGmt: rows[0]?.clock ?? null,
    look: joinChecksum(urgent.map(({ part }) => part)),
  };
}

async function readOptionsIfAllowed(gateway: Gateway, prefix: string, names: string[]) {
  try {
    return await readOptions(gateway, prefix, names);
  } catch (error) {
    const isOnlyThisOne =
      error instanceof AppError && (error instanceof SelectDeniedError || error instanceof TableMissingError);
    if (!isOnlyThisOne) throw error;
    return null;
  }
}

function orderStorageOf(tables: Map<string, Set<string>>, options: Record<string, string>): ShopFacts['orderStorage'] {
  if (options.woocommerce_custom_orders_table_enabled === 'yes' && tables.has('wc_orders')) return 'hpos';
  return tables.has('woocommerce_order_items') && tables.has('posts') ? 'legacy' : null;
}

/** The tables as sources see them. */
export function shopTablesOf(tables: ReadonlyMap<string, ReadonlySet<string>>): ShopTables {
  return {
    has: (table) => tables.has(table),
    columns: (table) => tables.get(table) ?? new Set(),
    names: () => [...tables.keys()],
  };
}
