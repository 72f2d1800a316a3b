// The people of a company and the invitations that are open: what the Usuários screen reads and writes, inside withTenant().
import type { TenantId, UserId } from '#shared/ids.ts';
import { createLoginToken } from '#shared/login-links.ts';
import type { Role } from '#shared/roles.ts';
import type { Invitation, Member } from '#web/pages/users.tsx';
import type { Tx } from '../db.ts';

const invitationDays = 7;

export async function listMembers(tx: Tx): Promise<Member[]> {
  return await tx<Member[]>`
    select u.id, u.name, u.email, m.role, m.created_at as since, u.disabled_at is not null as is_disabled,
           (select max(s.last_seen_at) from sessions s where s.user_id = u.id) as last_seen_at,
           exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as has_two_steps
    from memberships m join users u on u.id = m.user_id
    order by lower(u.name), u.id`;
}

/** Those that nobody accepted, also the ones that ran out. */
export async function listInvitations(tx: Tx): Promise<Invitation[]> {
  return await tx<Invitation[]>`
    select i.id, i.email, i.role, i.expires_at, i.expires_at <= now() as is_over, u.name as inviter_name
    from invitations i left join users u on u.id = i.invited_by
    where i.accepted_at is null order by i.created_at desc, i.id desc`;
}

/** Writes an invitation, in the place of an open one to the same address; gives its id and the link's token, which is kept nowhere. */
export async function createInvitation(
  tx: Tx,
  { tenantId, userId, email, role }: { tenantId: TenantId; userId: UserId; email: string; role: Role },
): Promise<{ id: string; token: string }> {
  const { token, tokenHash } = createLoginToken();
  const [row] = await tx<{ id: string }[]>`
    insert into invitations (tenant_id, token_hash, email, role, invited_by, expires_at)
    values (${tenantId}, ${tokenHash}, ${email}, ${role}, ${userId}, now() + make_interval(days => ${invitationDays}))
    on conflict (tenant_id, email) where accepted_at is null
      do update set token_hash = excluded.token_hash, role = excluded.role, invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at
    returning id`;
  return { id: row!.id, token };
}

/** The open invitation of this id, or null. */
export async function findInvitation(tx: Tx, id: string): Promise<{ email: string; role: Role } | null> {
  const [row] = await tx<{ email: string; role: Role }[]>`
    select email, role from invitations where id = ${id} and accepted_at is null`;
  return row ?? null;
}

/** Everybody's role, locked: of two owners who leave at the same instant one stays. */
export async function lockRoles(tx: Tx): Promise<Map<string, Role>> {
  const rows = await tx<{ userId: string; role: Role }[]>`
    select user_id, role from memberships order by user_id for update`;
  return new Map(rows.map(({ userId, role }) => [userId, role]));
}

/** Open pages of this person look at once whether they still may. */
export async function notifySessions(tx: Tx, userId: string): Promise<void> {
  await tx`select pg_notify('carrinho_session', ${JSON.stringify({ user: userId })})`;
}
