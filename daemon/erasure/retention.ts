// Every night a company that turned it on loses what grew too old (docs/lgpd.md): names of people who never ordered, texts of rows that could not be
// read, lines of the log of accesses. Emptied, not deleted: the shop still has the rows, and counts stay.
import type { RecordRef } from '#shared/contacts/record.ts';
import type { TenantId } from '#shared/ids.ts';
import { getRetention, type RetentionPreview, retentionBounds } from '#shared/lgpd/retention.ts';
import type { Log } from '#shared/log.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { type Pool, statementsOf, withTenant } from '../db.ts';
import { withPass } from '../recompute/pass.ts';
import { eraseRecords } from './erase.ts';

/** So many people are emptied in one transaction. */
const pagePeople = 500;

/** Removes what is too old at `now` by the company's settings. Gives what was removed. */
export async function applyRetention(
  pool: Pool,
  box: SecretBox,
  { tenantId, now, log }: { tenantId: TenantId; now: Date; log: Log },
): Promise<Omit<RetentionPreview, 'people'>> {
  const settings = await withTenant(pool, tenantId, (client) => getRetention(statementsOf(client)));
  const { before, rawBefore, logBefore } = retentionBounds(settings, now);
  const removed = { leads: 0, carts: 0, quarantined: 0, logged: 0 };
  const alsoLocks = [`erasures:${tenantId}`];
  for (let isDone = false; !isDone; ) {
    await withPass(
      pool,
      tenantId,
      async (db, client) => {
        const { rows } = await db.run<RecordRef>('list_retention_people', {
          tenant: tenantId,
          before,
          limit: pagePeople,
        });
        isDone = rows.length === 0;
        if (isDone) return;
        const { leads, carts } = await eraseRecords(db, client, box, { records: rows, reason: 'retention', now });
        removed.leads += leads;
        removed.carts += carts;
      },
      { alsoLocks },
    );
  }
  await withTenant(pool, tenantId, async (client) => {
    const emptied = await client.query(
      `update quarantine set raw = '', detail = '' where tenant_id = $1 and raw <> '' and first_seen_at < $2`,
      [tenantId, rawBefore],
    );
    const dropped = await client.query('delete from audit_log where tenant_id = $1 and happened_at < $2', [
      tenantId,
      logBefore,
    ]);
    removed.quarantined = emptied.rowCount ?? 0;
    removed.logged = dropped.rowCount ?? 0;
    await client.query('update tenants set retention_ran_at = $2 where id = $1', [tenantId, now]);
    if (Object.values(removed).some((count) => count > 0)) {
      await client.query(
        `insert into audit_log (tenant_id, action, facts, happened_at) values ($1, 'retention.applied', $2, $3)`,
        [tenantId, JSON.stringify(removed), now],
      );
    }
  });
  log.info('retention.applied', { tenant: tenantId, ...removed });
  return removed;
}
