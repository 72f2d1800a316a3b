// The contract between a source (facts and pure functions about one plugin's tables) and the engine, which pages, compares, writes, saves the
// cursor and reports. A source opens nothing and knows no tenant. One file in sources/ is one source; the registry finds it.
import type {
  CartEmailRecord,
  CartRecord,
  CustomerRecord,
  LeadAnswerRecord,
  LeadRecord,
  OrderRecord,
} from './records.ts';

/** A row as the shop's server gave it: text protocol, dates as written, decimals and bigints as strings. */
export type ShopRow = Record<string, string | number | Buffer | null>;

/** The tables of one shop, named without their prefix; names and columns as the server spells them. */
export type ShopTables = {
  has(table: string): boolean;
  /** Column names of a table; empty when it does not exist. */
  columns(table: string): ReadonlySet<string>;
  names(): readonly string[];
};

/** What a source may know of the shop that it reads. */
export type ShopContext = {
  /** `cli_`; put before every table name. `basePrefix` differs in a multisite: users live there. */
  prefix: string;
  basePrefix: string;
  tables: ShopTables;
  orderStorage: 'hpos' | 'legacy' | null;
  /** The cart table that was chosen for this shop, without prefix; null when there is none. */
  cartTable: string | null;
  /** IANA name or fixed offset (`-03:00`): what the shop's local times are written in. */
  timeZone: string;
  currency: string;
};

/** What each target's records look like. */
export type RecordOf = {
  lead: LeadRecord;
  lead_answer: LeadAnswerRecord;
  cart: CartRecord;
  cart_email: CartEmailRecord;
  order: OrderRecord;
  customer: CustomerRecord;
};
export type Target = keyof RecordOf;

/** SQL for the gateway: `:name` parameters only, table names with the shop's prefix already in place, back-quoted. */
export type ShopSql = (shop: ShopContext) => string;

/**
 * One way of finding rows that are new or changed. Every row has:
 * - `id`: the external id of the record to (re)read: a refund gives its order's;
 * - `cursor_id`, and for 'changed-at' also `cursor_at` ('YYYY-MM-DD HH:MM:SS', UTC): where this row stands in the scan's order;
 * - the record's own columns, when the stream has no `fetch`.
 * Parameters given: `:after_id`, `:limit`, and for 'changed-at' `:after_at`. The statement must be ordered by its cursor and be answered by
 * an index: `cursor_at >= :after_at and (cursor_at > :after_at or cursor_id > :after_id) order by cursor_at, cursor_id limit :limit`.
 */
export type Scan = {
  name: string;
  order: 'id' | 'changed-at';
  sql: ShopSql;
  /** Rows before the cursor that every poll reads again (late commits, rows written piece by piece): a count of ids, or seconds. */
  overlap: number;
  /**
   * Where the very first pass starts, as `cursor_id` and `cursor_at`; read before anything else of the stream. Without it, from the beginning.
   * For scans that only look for changes of what another scan loads.
   */
  startsAt?: ShopSql;
  /**
   * One value that changes when the scan would find something new: for 'id' the highest id of the table that it walks (`select max(id) from …`, no row
   * is read), for 'changed-at' a sum of the rows from `:after_at` on. While it stays the same and the last rows have been read whole long enough,
   * polls leave the scan out.
   */
  look?: ShopSql;
  /** Absent: at every poll. Polls leave it out until so many minutes have passed since it last came to its end: it costs more than an idle poll may. */
  everyMinutes?: number;
  /** Absent: always. False: the shop lacks the table that only this scan reads; it is left out of this run. */
  detect?: (shop: ShopContext) => boolean;
};

/**
 * Reads what belongs to a page of candidate ids. `:ids` is bound to them, or to what `ids` makes of the rows fetched so far. Each row has
 * `record_id`: the id it belongs to.
 */
export type Fetch = {
  name: string;
  sql: ShopSql;
  ids?: (rows: { [fetchName: string]: ShopRow[] }) => string[];
  /**
   * The same rows by where they lie in the primary key of their table, for many ids that follow each other. `count`: how many (`found`) of the rows of the
   * ids from `:first_id` to `:last_id` lie in each `span` of `width` keys (column `key`), from a secondary index alone. `sql`: the rows that lie
   * `within`; those of others among them are dropped.
   */
  spans?: {
    width: number;
    key: string;
    /** Whose a row is: one of `:ids`. */
    owner: string;
    count: ShopSql;
    sql: (shop: ShopContext, within: string) => string;
  };
};

/**
 * The digest read from secondary indexes alone, where together they hold all that the fingerprint is made of: every hour over all rows, without
 * touching one. Each part gives `id` and `part` (text) for `id > :after_id and id <= :last_id`, in any order, other ids among them; the first
 * part lists the records. The parts of an id joined by `|` are its fingerprint; a part that has no row for it counts as `absent`.
 */
export type IndexDigest = {
  parts: { sql: ShopSql; absent: string }[];
  /** The highest id there is, as `last_id`. */
  lastId: ShopSql;
};

/** What one candidate became. `gone`: the shop has no such row any more. `skip`: not a record of ours, counted by reason. */
export type Assembled<T extends Target> = { record: RecordOf[T] } | { skip: string } | { gone: true };

export type AssembleInput = {
  id: string;
  /** The scan's or digest's own row (null when the engine asks for an id by itself). */
  row: ShopRow | null;
  /** Rows of each fetch that carry this id as record_id, in the order they came. */
  rows: { [fetchName: string]: ShopRow[] };
  /** Rows of fetches with their own `ids`, by their record_id (product names by product id). */
  lookup: { [fetchName: string]: Map<string, ShopRow[]> };
};

export type Stream<T extends Target = Target> = {
  name: string;
  target: T;
  /** What the page calls it: 'Pedidos'. */
  label: string;
  /** Candidates a page; small where a page of blobs is fetched. */
  pageSize: number;
  /** Absent: always. False: this shop has no such table (a plugin without e-mail history); the stream does not exist in this run. */
  detect?: (shop: ShopContext) => boolean;
  scans: Scan[];
  /** Order matters: a later fetch may take its ids from an earlier one. */
  fetch: Fetch[];
  /**
   * Narrow reading of every row by its id: `id` and `fingerprint` (text), `where id > :after_id order by id limit :limit`. A row whose
   * fingerprint differs from the stored record's is fetched; a stored id that is absent is missing in the shop.
   */
  digest: ShopSql;
  indexDigest?: IndexDigest;
  /** With digestAt 'poll': one value that changes when a row of the digest above `:after_id` does (checksumOf()). While it stays, polls leave it out. */
  look?: ShopSql;
  /**
   * `id` of those of `:ids` that the shop keeps where this stream does not look: orders in the storage that WooCommerce does not use now, never
   * copied over. They are not missing. Absent or null: there is no such place.
   */
  elsewhere?: (shop: ShopContext) => string | null;
  /**
   * 'reconcile': the digest runs hourly. 'poll': it also runs at each poll over the ids from the lowest record that is still open
   * (carts that may yet change or vanish, e-mails not yet sent), because nothing else shows their changes.
   */
  digestAt: 'reconcile' | 'poll';
  /**
   * Ids of the rows of a period, by the instant that a person means (captured, last activity, created): `:from_gmt`, `:to_gmt` in UTC or
   * `:from_local`, `:to_local` in the shop's time (to is excluded), `id > :after_id order by id limit :limit`. On demand only: may read the table.
   */
  inPeriod: ShopSql;
  /** Ids of the newest rows, highest first, `limit :limit`: what the doctor looks at. May give ids that are no records. */
  newest: ShopSql;
  /** How many rows a first pass will read, as `estimate`; cheap, may be rough. */
  estimate: ShopSql;
  /** Throws for a row that can't be read: the engine keeps the raw rows in quarantine and goes on. */
  assemble(input: AssembleInput, shop: ShopContext): Assembled<T>;
};

export type Source = {
  /** = the file's name. */
  name: string;
  label: string;
  /**
   * For a source of carts: the tables, without prefix, that it would read them from, told by their columns, best first. A person chooses one of all
   * sources' tables; `shop.cartTable` is it, and `detect` must ask whether it is one of these.
   */
  cartTables?(tables: ShopTables): string[];
  /** Whether this shop has what the source reads. Decided again at every run: storage may switch, a plugin may be removed. */
  detect(shop: ShopContext): boolean;
  streams: Array<{ [T in Target]: Stream<T> }[Target]>;
};

/** Gives `source` back with its type checked. */
export function defineSource(source: Source): Source {
  return source;
}

/** Gives `stream` back with its target's record type inferred. */
export function defineStream<T extends Target>(stream: Stream<T>): Stream<T> {
  return stream;
}
