// The invited person's page. Somebody new chooses name and password here; somebody who has an account signs in to it first, so that the
// link alone never opens an account that exists.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import type { TenantId, UserId } from '#shared/ids.ts';
import { hashToken } from '#shared/login-links.ts';
import { hashPassword } from '#shared/passwords.ts';
import type { Role } from '#shared/roles.ts';
import { passwordFault, userMessages } from '#web/messages.ts';
import { InvitationPage } from '#web/pages/invitation.tsx';
import { DoorMessagePage } from '#web/pages/login.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { Doors } from '../auth/doors.ts';
import { findSession } from '../auth/sessions.ts';
import type { AppEnv, Deps, SignedUser } from '../context.ts';

type Found = {
  tenantId: TenantId;
  id: string;
  email: string;
  role: Role;
  tenantName: string;
  tenantSlug: string;
  inviterName: string | null;
};

const newUserForm = z.object({ nome: z.string().trim().max(100).catch(''), senha: z.string().max(1000).catch('') });

export function invitationRoutes({ db, assets, publicUrl }: Deps, { enter, oneAtATime }: Doors) {
  const { sql } = db;

  async function find(c: Context<AppEnv>) {
    const linkHash = hashToken(c.req.param('token') ?? '');
    const [invitation] = await sql<Found[]>`select * from find_invitation(${linkHash})`;
    if (!invitation) return null;
    const [known] = await sql`select from users where email = ${invitation.email}`;
    return {
      invitation,
      linkHash,
      hasAccount: known !== undefined,
      signedIn: await findSession(c, { sql, publicUrl }),
    };
  }

  const invalid = (c: Context<AppEnv>) =>
    c.html(DoorMessagePage({ assets, title: 'Convite inválido', message: userMessages.invitationInvalid }), 404);

  function show(
    c: Context<AppEnv>,
    found: NonNullable<Awaited<ReturnType<typeof find>>>,
    error: string | null,
    name = '',
  ) {
    const { invitation, hasAccount, signedIn } = found;
    const state = signedIn
      ? signedIn.email === invitation.email
        ? ('join' as const)
        : ('other_account' as const)
      : hasAccount
        ? ('sign_in' as const)
        : ('new_account' as const);
    const view = {
      assets,
      path: c.req.path,
      state,
      ...invitation,
      signedInEmail: signedIn?.email ?? null,
      name,
      error,
    };
    return c.html(InvitationPage(view), error ? 422 : 200);
  }

  /** Uses the invitation up and makes the membership; null when somebody was faster. `user` makes or gives the person. */
  async function join({ invitation, linkHash }: { invitation: Found; linkHash: Buffer }, user: SignedUser | NewUser) {
    return await db.withTenant(invitation.tenantId, async (tx) => {
      const used = await tx`
        update invitations set accepted_at = now()
        where id = ${invitation.id} and token_hash = ${linkHash} and accepted_at is null and expires_at > now() returning 1`;
      if (used.length === 0) return null;
      const { tenantId, role } = invitation;
      const [made] =
        'passwordHash' in user
          ? await tx<{ id: UserId }[]>`
              insert into users (email, name, password_hash) values (${invitation.email}, ${user.name}, ${user.passwordHash})
              on conflict (email) do nothing returning id`
          : [{ id: user.id }];
      if (!made) throw new Error('the invited address got an account meanwhile');
      await tx`
        insert into memberships (tenant_id, user_id, role, is_default) values (${tenantId}, ${made.id}, ${role}, ${'passwordHash' in user})
        on conflict (tenant_id, user_id) do nothing`;
      await tx`update invitations set accepted_by = ${made.id} where id = ${invitation.id}`;
      const entry = { action: 'user.joined', entity: 'user', entityId: made.id, facts: { role } } as const;
      await audit(tx, { tenantId, userId: made.id }, entry);
      return made.id;
    });
  }

  return new Hono<AppEnv>()
    .get('/convite/:token', async (c) => {
      const found = await find(c);
      return found ? show(c, found, null) : invalid(c);
    })

    .post('/convite/:token', async (c) => {
      const found = await find(c);
      if (!found) return invalid(c);
      const { invitation, hasAccount, signedIn } = found;
      const target = paths.dashboard(invitation.tenantSlug);
      if (signedIn) {
        if (signedIn.email !== invitation.email) return show(c, found, null);
        return (await join(found, signedIn)) ? c.redirect(target, 303) : invalid(c);
      }
      if (hasAccount) return show(c, found, null);
      const { nome, senha } = newUserForm.parse(await c.req.parseBody());
      const error = nome ? passwordFault(senha) : userMessages.nameMissing;
      if (error) return show(c, found, error, nome);
      const passwordHash = await oneAtATime(() => hashPassword(senha));
      const userId = await join(found, { name: nome, passwordHash });
      return userId ? await enter(c, userId, target) : invalid(c);
    });
}

type NewUser = { name: string; passwordHash: string };
