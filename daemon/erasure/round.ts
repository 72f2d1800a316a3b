// What companies decided about personal data, carried out by the daemon, which alone can make tombstones: approved erasures and leads
// by hand of somebody erased once a minute, what grew too old once a night.
import type { TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { askInOneMessage, type Pool } from '../db.ts';
import { erasePerson } from './erase.ts';
import { eraseHandLeads, stateOfHandLeads } from './hand-leads.ts';
import { applyRetention } from './retention.ts';

/** When a night begins, in the company's own time. */
const nightAt = '3 hours';

/** One round over all companies; a suspended one owes its data subjects the same. */
export async function carryOutErasures(
  pool: Pool,
  box: SecretBox,
  { now, log }: { now: Date; log: Log },
): Promise<void> {
  const { rows: tenants } = await pool.query<{ id: TenantId; isDue: boolean }>(
    `select id, retention_since is not null
              and (retention_ran_at is null or local_day(retention_ran_at - $2::interval, reporting_time_zone) < local_day($1::timestamptz - $2::interval, reporting_time_zone))
              as "isDue"
     from tenants order by id`,
    [now, nightAt],
  );
  for (const { id: tenantId, isDue } of tenants) {
    // One company's fault (a secret sealed with another key) does not keep the others waiting.
    await carryOut(pool, box, { tenantId, isDue, now, log }).catch((error: Error) =>
      log.error('erasure.failed', { tenant: tenantId, error: error.message }),
    );
  }
}

async function carryOut(
  pool: Pool,
  box: SecretBox,
  { tenantId, isDue, now, log }: { tenantId: TenantId; isDue: boolean; now: Date; log: Log },
): Promise<void> {
  const { approved, handLeads } = await askInOneMessage(pool, tenantId, async (client) => {
    const [{ rows }, state] = await Promise.all([
      client.query<{ id: string }>(
        `select id from subject_requests where tenant_id = $1 and kind = 'erasure' and state = 'approved' order by id`,
        [tenantId],
      ),
      stateOfHandLeads(client),
    ]);
    return { approved: rows, handLeads: state };
  });
  for (const { id: requestId } of approved) await erasePerson(pool, box, { tenantId, requestId, now, log });
  if (handLeads !== null || approved.length > 0) await eraseHandLeads(pool, box, { tenantId, now, log });
  if (isDue) await applyRetention(pool, box, { tenantId, now, log });
}
