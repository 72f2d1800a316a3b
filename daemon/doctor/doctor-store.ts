// What the doctor found in a saved shop, kept for its page: the last runs, one row as each check ends. The shop's settings are not touched.
import type { SiteId, TenantId, UserId } from '#shared/ids.ts';
import { type Pool, type TenantClient, withTenant } from '../db.ts';
import type { DoctorFinding } from './doctor.ts';

const runsKept = 20;

type AskedBy = { commandId: string; userId: UserId | null; isTrial: boolean };

/** A run's row, which open pages hear of. `isTrial`: it looks at what is typed and not saved. */
export async function insertDoctorRun(
  client: TenantClient,
  siteId: SiteId,
  { commandId, userId, isTrial }: Partial<AskedBy> = {},
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'insert into doctor_runs (tenant_id, site_id, command_id, user_id, is_trial) values ($1, $2, $3, $4, $5) returning id',
    [client.tenantId, siteId, commandId ?? null, userId ?? null, isTrial ?? false],
  );
  await tellPages(client, siteId);
  return rows[0]!.id;
}

async function tellPages(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(`select pg_notify('carrinho_progress', $1)`, [
    JSON.stringify({ tenant: client.tenantId, site: siteId }),
  ]);
}

/** A run of its own, or the one that was `opened`; `add` writes one finding, `finish` closes it and forgets old ones. Open pages hear of each. */
export async function openDoctorRun(
  pool: Pool,
  { tenantId, siteId, opened }: { tenantId: TenantId; siteId: SiteId; opened?: string },
) {
  const runId = opened ?? (await withTenant(pool, tenantId, (client) => insertDoctorRun(client, siteId)));
  return {
    runId,
    async add({ nn, state, code, facts, details }: DoctorFinding): Promise<void> {
      await withTenant(pool, tenantId, async (client) => {
        await client.query(
          'insert into doctor_checks (tenant_id, doctor_run_id, nn, state, code, facts, details) values ($1, $2, $3, $4, $5, $6, $7)',
          [tenantId, runId, nn, state, code, facts, details === undefined ? null : JSON.stringify(details)],
        );
        await tellPages(client, siteId);
      });
    },
    /** `errorCode`: why the shop was not even asked. */
    async finish(errorCode: string | null = null): Promise<void> {
      await withTenant(pool, tenantId, async (client) => {
        await client.query(
          'update doctor_runs set finished_at = now(), error_code = $3 where tenant_id = $1 and id = $2',
          [tenantId, runId, errorCode],
        );
        await tellPages(client, siteId);
        await client.query(
          `delete from doctor_runs where tenant_id = $1 and site_id = $2 and id <=
             (select id from doctor_runs where tenant_id = $1 and site_id = $2 order by id desc offset $3 limit 1)`,
          [tenantId, siteId, runsKept],
        );
      });
    },
  };
}
