// The installation as its superadmin sees it: companies, shops and how their sync stands. No row of a shop's customers is read here.
import type { TenantId, UserId } from '#shared/ids.ts';
import type { CompanyHealth } from '#web/pages/admin-companies.tsx';
import type { Database } from '../db.ts';

type HealthRow = Omit<CompanyHealth, 'sites' | 'isSuspended' | 'id'> & {
  tenantId: string;
  suspendedAt: Date | null;
  siteId: string | null;
  siteName: string;
  source: string | null;
  sourceLabel: string;
  caughtUpAt: Date | null;
  state: CompanyHealth['sites'][number]['state'];
  errorCode: string | null;
  finishedAt: Date | null;
  cronExpression: string | null;
  isPaused: boolean;
};

/** Every company with its shops and their sources, by name; nothing for who is no superadmin. */
export async function listHealth({ withUser }: Pick<Database, 'withUser'>, userId: UserId): Promise<CompanyHealth[]> {
  const rows = await withUser(userId, (tx) => tx<HealthRow[]>`select * from installation_health()`);
  const companies = new Map<string, CompanyHealth>();
  for (const row of rows) {
    const { tenantId: id, slug, name, userCount, suspendedAt } = row;
    const company = companies.get(id) ?? { id, slug, name, userCount, isSuspended: suspendedAt !== null, sites: [] };
    companies.set(id, company);
    if (!row.siteId) continue;
    let site = company.sites.find((one) => one.id === row.siteId);
    if (!site) {
      const { siteId, siteName, state, errorCode, finishedAt, cronExpression, isPaused } = row;
      site = { id: siteId, name: siteName, state, errorCode, finishedAt, cronExpression, isPaused, sources: [] };
      company.sites.push(site);
    }
    if (row.source) site.sources.push({ label: row.sourceLabel, caughtUpAt: row.caughtUpAt });
  }
  return [...companies.values()];
}

export type CompanyFacts = { id: TenantId; slug: string; name: string; timeZone: string; isSuspended: boolean };

export async function findCompany({ sql }: Pick<Database, 'sql'>, id: string): Promise<CompanyFacts | null> {
  if (!/^\d{1,18}$/.test(id)) return null;
  const [row] = await sql<CompanyFacts[]>`
    select id, slug, name, time_zone, suspended_at is not null as is_suspended from tenants where id = ${id}`;
  return row ?? null;
}
