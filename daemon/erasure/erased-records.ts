// What people wrote beside an erased record goes too: notes, reasons, the address that was written to. That it happened, when and by whom stays.
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import type { TenantClient } from '../db.ts';
import { pseudonymOf, type Tombstones } from './tombstones.ts';

export type ErasureReason = 'request' | 'sync' | 'retention';

/** Stands where a text must not be empty. */
const erasedText = '(eliminado)';

/** Remembers records as erased; gives those that were not. */
export async function keepErased(
  client: TenantClient,
  { entity, ids, reason, now }: { entity: RecordKind; ids: string[]; reason: ErasureReason; now: Date },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `insert into erased_records (tenant_id, entity, entity_id, reason, erased_at)
     select $1, $2, id, $4, $5 from unnest($3::bigint[]) as t (id) on conflict do nothing returning entity_id as id`,
    [client.tenantId, entity, ids, reason, now],
  );
  return rows.map(({ id }) => id);
}

/** Empties what people wrote beside these records, whether in force or undone. Gives how many texts. */
export async function clearTraces(
  client: TenantClient,
  records: readonly RecordRef[],
  tombstones: Tombstones,
): Promise<number> {
  if (records.length === 0) return 0;
  const values = [client.tenantId, records.map(({ entity }) => entity), records.map(({ id }) => id)];
  const those = `(x.entity, x.entity_id) in (select * from unnest($2::text[], $3::bigint[]))`;
  const ofKind = (entity: RecordKind, column: string) =>
    `x.${column} in (select id from unnest($2::text[], $3::bigint[]) as t (entity, id) where t.entity = '${entity}')`;
  let count = 0;
  for (const statement of [
    `update notes x set body = '${erasedText}' where x.tenant_id = $1 and ${those} and x.body <> '${erasedText}'`,
    `update reminders x set note = '' where x.tenant_id = $1 and ${those} and x.note <> ''`,
    `update cart_overrides x set note = '' where x.tenant_id = $1 and ${ofKind('cart', 'cart_id')} and x.note <> ''`,
    `update lead_stages x set reason = '${erasedText}' where x.tenant_id = $1 and ${ofKind('lead', 'lead_id')} and x.reason not in ('', '${erasedText}')`,
  ]) {
    count += (await client.query(statement, values)).rowCount ?? 0;
  }
  const { rows } = await client.query<{ key: string }>(
    `select distinct x.key from contacts x where x.tenant_id = $1 and ${those} and x.key is not null and x.key !~ '^.:~'`,
    values,
  );
  const keys = rows.map(({ key }) => key).filter((key) => tombstones.find(key) !== 'kept');
  await client.query(
    `update contacts x set key = t.new from unnest($4::text[], $5::text[]) as t (old, new)
     where x.tenant_id = $1 and ${those} and x.key = t.old`,
    [...values, keys, keys.map((key) => pseudonymOf(key, tombstones))],
  );
  return count;
}

/** Puts pseudonyms in the place of keys wherever a key is written down, but for the records' own (match_keys). */
export async function replaceKeys(
  client: TenantClient,
  keys: readonly string[],
  tombstones: Tombstones,
): Promise<void> {
  if (keys.length === 0) return;
  const values = [client.tenantId, keys, keys.map((key) => pseudonymOf(key, tombstones))];
  const pairs = 'unnest($2::text[], $3::text[]) as t (old, new)';
  for (const statement of [
    `update contacts x set key = t.new from ${pairs} where x.tenant_id = $1 and x.key = t.old`,
    `update opt_outs x set key = t.new, reason = '' from ${pairs} where x.tenant_id = $1 and x.key = t.old`,
    `update person_changes x set key = t.new from ${pairs} where x.tenant_id = $1 and x.key = t.old`,
    `update recompute_queue x set key = t.new from ${pairs} where x.tenant_id = $1 and x.key = t.old`,
    `update person_edges x set note = '', key_a = least(n.a collate "C", n.b collate "C"), key_b = greatest(n.a collate "C", n.b collate "C")
     from (select e.id, coalesce(a.new, e.key_a) as a, coalesce(b.new, e.key_b) as b
           from person_edges e
           left join (select old, new from ${pairs}) a on a.old = e.key_a
           left join (select old, new from ${pairs}) b on b.old = e.key_b
           where e.tenant_id = $1 and (a.old is not null or b.old is not null)) n
     where x.tenant_id = $1 and x.id = n.id`,
    `delete from email_folds x using ${pairs} where x.tenant_id = $1 and x.key = t.old`,
  ]) {
    await client.query(statement, values);
  }
}
