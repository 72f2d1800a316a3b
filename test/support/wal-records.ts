// What was written to the business tables and their indexes between two moments, read from Postgres' own log (pg_walinspect, in the embedded build):
// the proof that a sync that changes nothing writes nothing. Full-page images by hint bits are no writes of ours and are left out.
import pg from 'pg';

/** The copies of the shops, and what is concluded from them; not cart_statuses, whose rows time alone may change. */
export const quietTables = [
  'leads',
  'lead_answers',
  'carts',
  'cart_items',
  'cart_emails',
  'orders',
  'order_items',
  'order_refunds',
  'order_coupons',
  'site_customers',
  'match_keys',
  'people',
  'person_members',
  'person_orders',
  'cart_matches',
  'lead_statuses',
];

const slotName = 'wal_watch';

export type WalWatch = {
  /** Heap and index records of the quiet tables since the watch began, by relation and kind; and the bytes of all the log. */
  read(): Promise<{ records: { relation: string; kind: string; count: number }[]; bytes: number }>;
  end(): Promise<void>;
};

/** Begins to watch, as superuser. The tables are vacuumed first, so that no cleaning of earlier writes falls into the watch. */
export async function watchWal(adminUrl: string): Promise<WalWatch> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query('create extension if not exists pg_walinspect');
  await admin.query(`vacuum ${quietTables.join(', ')}`);
  // Reserves from the last checkpoint on: a long watch sees more log than the server would keep.
  await admin.query('checkpoint');
  await admin.query(`select pg_create_physical_replication_slot('${slotName}', true)`);
  const { rows } = await admin.query<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn');
  const from = rows[0]!.lsn;
  return {
    async read() {
      // Only what is flushed can be read.
      await admin.query('checkpoint');
      const { rows: records } = await admin.query<{ relation: string; kind: string; count: number }>(
        `select c.relname as relation, b.resource_manager || ' ' || b.record_type as kind, count(*)::integer as count
         from pg_get_wal_block_info($1, pg_current_wal_flush_lsn(), false) b
         join pg_class c on pg_relation_filenode(c.oid) = b.relfilenode
         left join pg_index i on i.indexrelid = c.oid
         where b.reldatabase = (select oid from pg_database where datname = current_database())
           and b.resource_manager in ('Heap', 'Heap2', 'Btree', 'Gin')
           -- cleaning up after earlier writes (pruning, visibility, autovacuum) belongs to no transaction
           and b.xid <> '0'::xid and b.record_type !~ '^(PRUNE|VISIBLE|VACUUM)'
           and coalesce(i.indrelid, c.oid) in (select t::regclass from unnest($2::text[]) t)
         group by 1, 2 order by 3 desc`,
        [from, quietTables],
      );
      const written = await admin.query<{ bytes: string }>(
        'select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), $1) as bytes',
        [from],
      );
      return { records, bytes: Number(written.rows[0]!.bytes) };
    },
    async end() {
      await admin.query(`select pg_drop_replication_slot('${slotName}')`);
      await admin.end();
    },
  };
}
