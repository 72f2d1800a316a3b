// What the doctor found in a saved shop, kept for its page: the last runs, one row as each check ends. The shop's settings are not touched.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type Pool, withTenant } from '../db.ts';
import type { DoctorFinding } from './doctor.ts';

const runsKept = 20;

/** Opens a run; `add` writes one finding, `finish` closes it and forgets old ones. */
export async function openDoctorRun(pool: Pool, { tenantId, siteId }: { tenantId: TenantId; siteId: SiteId }) {
  const runId = await withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      'insert into doctor_runs (tenant_id, site_id) values ($1, $2) returning id',
      [tenantId, siteId],
    );
    return rows[0]!.id;
  });
  return {
    runId,
    async add({ nn, state, code, facts, details }: DoctorFinding): Promise<void> {
      await withTenant(pool, tenantId, (client) =>
        client.query(
          'insert into doctor_checks (tenant_id, doctor_run_id, nn, state, code, facts, details) values ($1, $2, $3, $4, $5, $6, $7)',
          [tenantId, runId, nn, state, code, facts, details === undefined ? null : JSON.stringify(details)],
        ),
      );
    },
    async finish(): Promise<void> {
      await withTenant(pool, tenantId, async (client) => {
        await client.query('update doctor_runs set finished_at = now() where tenant_id = $1 and id = $2', [
          tenantId,
          runId,
        ]);
        await client.query(
          `delete from doctor_runs where tenant_id = $1 and site_id = $2 and id <=
             (select id from doctor_runs where tenant_id = $1 and site_id = $2 order by id desc offset $3 limit 1)`,
          [tenantId, siteId, runsKept],
        );
      });
    },
  };
}
