// Leads that people write down by hand come past no batch: the web process saves them, and it has no secret to know who was erased. The daemon looks at
// them at its next round and empties those of somebody erased, as the sync would have (docs/lgpd.md).
import type { TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { type Pool, type TenantClient, withTenant } from '../db.ts';
import { withPass } from '../recompute/pass.ts';
import { eraseRecords } from './erase.ts';
import { erasuresOf } from './tombstones.ts';

/** What a process has looked at, by company: how many leads by hand and tombstones there were. */
const seen = new WeakMap<SecretBox, Map<TenantId, string>>();

/** Empties the company's leads by hand that have an erased e-mail or phone. Gives how many; costs two counts when nothing is new. */
export async function eraseHandLeads(
  pool: Pool,
  box: SecretBox,
  { tenantId, now, log }: { tenantId: TenantId; now: Date; log: Log },
): Promise<number> {
  const known = seen.get(box) ?? new Map<TenantId, string>();
  seen.set(box, known);
  const state = await withTenant(pool, tenantId, stateOfHandLeads);
  if (state === null || known.get(tenantId) === state) return 0;
  const count = await withPass(
    pool,
    tenantId,
    async (db, client) => {
      const tombstones = await erasuresOf(box).begin(client);
      const { rows } = await client.query<{ id: string; key: string }>(
        `select l.id, k.key from sites s
         join leads l on l.tenant_id = $1 and l.site_id = s.id and l.source = 'manual'
         join match_keys k on k.tenant_id = $1 and k.entity = 'lead' and k.entity_id = l.id
         where s.tenant_id = $1 and k.key !~ '^.:~'`,
        [tenantId],
      );
      const ids = new Set(rows.filter(({ key }) => tombstones.find(key) === 'erases').map(({ id }) => id));
      if (ids.size === 0) return 0;
      const records = [...ids].map((id) => ({ entity: 'lead' as const, id }));
      await eraseRecords(db, client, box, { records, reason: 'sync', now });
      await client.query(
        `insert into audit_log (tenant_id, action, entity, entity_id, happened_at) select $1, 'lead.erased', 'lead', id, $3 from unnest($2::text[]) as t (id)`,
        [tenantId, [...ids], now],
      );
      log.info('hand_leads.erased', { tenant: tenantId, count: ids.size });
      return ids.size;
    },
    { alsoLocks: [`erasures:${tenantId}`] },
  );
  known.set(tenantId, state);
  return count;
}

/** Null where nothing was erased yet or nothing was written by hand. */
export async function stateOfHandLeads(client: TenantClient): Promise<string | null> {
  // Leads by hand are numbered in each shop: the highest number comes from the index, also among a million others.
  const { rows } = await client.query<{ written: string; erased: string }>(
    `select (select count(*) from tombstones where tenant_id = $1) as erased,
            (select coalesce(sum((select max(external_id) from leads where tenant_id = $1 and site_id = s.id and source = 'manual')), 0)
             from sites s where s.tenant_id = $1) as written`,
    [client.tenantId],
  );
  const { written, erased } = rows[0]!;
  return written === '0' || erased === '0' ? null : `${written}/${erased}`;
}
