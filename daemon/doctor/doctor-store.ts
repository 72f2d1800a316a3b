// What the doctor found in a saved shop, kept for its page: the last runs, one row as each check ends. The shop's settings are not touched.
import type { SiteId, TenantId, UserId } from '#shared/ids.ts';
import { type Pool, type TenantClient, withTenant } from '../db.ts';
import type { DoctorFinding } from './doctor.ts';

const runsKept = 20;

/** Opens a run; `add` writes one finding, `finish` closes it and forgets old ones. Open pages hear of each. `isTrial`: of what is not saved. */
export async function openDoctorRun(
  pool: Pool,
  {
    tenantId,
    siteId,
    commandId = null,
    userId = null,
    isTrial = false,
  }: { tenantId: TenantId; siteId: SiteId; commandId?: string | null; userId?: UserId | null; isTrial?: boolean },
) {
  const tellPages = (client: TenantClient) =>
    client.query(`select pg_notify('carrinho_progress', $1)`, [JSON.stringify({ tenant: tenantId, site: siteId })]);
  const runId = await withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      'insert into doctor_runs (tenant_id, site_id, command_id, user_id, is_trial) values ($1, $2, $3, $4, $5) returning id',
      [tenantId, siteId, commandId, userId, isTrial],
    );
    await tellPages(client);
    return rows[0]!.id;
  });
  return {
    runId,
    async add({ nn, state, code, facts, details }: DoctorFinding): Promise<void> {
      await withTenant(pool, tenantId, async (client) => {
        await client.query(
          'insert into doctor_checks (tenant_id, doctor_run_id, nn, state, code, facts, details) values ($1, $2, $3, $4, $5, $6, $7)',
          [tenantId, runId, nn, state, code, facts, details === undefined ? null : JSON.stringify(details)],
        );
        await tellPages(client);
      });
    },
    /** `errorCode`: why the shop was not even asked. */
    async finish(errorCode: string | null = null): Promise<void> {
      await withTenant(pool, tenantId, async (client) => {
        await client.query(
          'update doctor_runs set finished_at = now(), error_code = $3 where tenant_id = $1 and id = $2',
          [tenantId, runId, errorCode],
        );
        await tellPages(client);
        await client.query(
          `delete from doctor_runs where tenant_id = $1 and site_id = $2 and id <=
             (select id from doctor_runs where tenant_id = $1 and site_id = $2 order by id desc offset $3 limit 1)`,
          [tenantId, siteId, runsKept],
        );
      });
    },
  };
}
