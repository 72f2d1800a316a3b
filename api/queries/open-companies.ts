// The companies that a person may open now: by membership, and a superadmin's visit under way in this very session.
import type { Company, SignedUser } from '../context.ts';
import type { Database } from '../db.ts';

/** By name. A visit makes its company `superadmin`'s, unless the person is a member too. */
export async function listOpenCompanies(
  { withUser }: Pick<Database, 'withUser'>,
  { id, isSuperadmin, sessionHash }: Pick<SignedUser, 'id' | 'isSuperadmin' | 'sessionHash'>,
): Promise<Company[]> {
  return await withUser(
    id,
    (tx) => tx<Company[]>`
      select t.id, t.slug, t.name, t.reporting_time_zone as time_zone, t.currency, t.window_before_minutes, t.window_after_minutes, o.role,
             t.suspended_at is not null as is_suspended, t.theme_color, t.logo_hash
      from (
        select tenant_id, role from memberships where user_id = ${id}
        union all
        select distinct v.tenant_id, 'superadmin' from company_visits v
        where ${isSuperadmin} and v.user_id = ${id} and v.session_hash = ${sessionHash} and v.ends_at > now()
          and not exists (select from memberships m where m.user_id = ${id} and m.tenant_id = v.tenant_id)
      ) o join tenants t on t.id = o.tenant_id
      order by t.name, t.id`,
  );
}
