// Usuários: invitations by link, roles, and who leaves. A person is changed only by somebody who may grant both the old role and the new
// one (canGrantRole), and the last owner stays.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { normalizeEmail } from '#shared/email.ts';
import type { UserId } from '#shared/ids.ts';
import { can, canGrantRole, isRole, type Role } from '#shared/roles.ts';
import { userMessages } from '#web/messages.ts';
import { type NewLink, UsersPage } from '#web/pages/users.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import { dropSecondFactor } from '../auth/second-factor.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import {
  createInvitation,
  findInvitation,
  listInvitations,
  listMembers,
  lockRoles,
  notifySessions,
} from '../queries/users.ts';

const inviteForm = z.object({ email: z.string().max(320).catch(''), papel: z.string().max(20).catch('') });
const idPattern = /^\d{1,18}$/;

/** Thrown inside a transaction for what the page answers with a sentence. */
class Refused extends Error {}

export function userRoutes(deps: Deps) {
  const { db, publicUrl } = deps;

  function requireRight(c: Context<CompanyEnv>): void {
    if (can(c.get('company').role, 'manage_users')) return;
    throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar usuários.');
  }

  function requireGrant(c: Context<CompanyEnv>, role: Role): void {
    if (canGrantRole(c.get('company').role, role)) return;
    throw new HttpError(403, 'forbidden', 'Seu papel não permite dar nem tirar esse papel.');
  }

  async function page(c: Context<CompanyEnv>, { newLink, error }: { newLink: NewLink | null; error: string | null }) {
    const company = c.get('company');
    const { members, invitations } = await db.withTenant(company.id, async (tx) => ({
      members: await listMembers(tx),
      invitations: await listInvitations(tx),
    }));
    const content = UsersPage({
      slug: company.slug,
      actor: company.role,
      userId: c.get('user').id,
      members,
      invitations,
      newLink,
      error,
      clock: clockOf(c, deps),
    });
    if (error) c.status(422);
    return await respondWithPage(c, deps, { title: 'Usuários', section: 'usuarios' }, content);
  }

  const doer = (c: Context<CompanyEnv>) => ({ tenantId: c.get('company').id, userId: c.get('user').id });

  async function invite(
    c: Context<CompanyEnv>,
    tx: Tx,
    { email, role }: { email: string; role: Role },
  ): Promise<NewLink> {
    const { id, token } = await createInvitation(tx, { ...doer(c), email, role });
    await audit(tx, doer(c), { action: 'user.invited', entity: 'invitation', entityId: id, facts: { role } });
    return { email, role, url: `${publicUrl}${paths.invitation(token)}`, companyName: c.get('company').name };
  }

  /** Runs one act and answers with the page: the link it made, or the sentence that refused it. */
  async function act(c: Context<CompanyEnv>, work: (tx: Tx) => Promise<NewLink | null>): Promise<Response> {
    const { id, slug } = c.get('company');
    try {
      const newLink = await db.withTenant(id, work);
      return newLink ? await page(c, { newLink, error: null }) : c.redirect(paths.users(slug), 303);
    } catch (error) {
      if (error instanceof Refused) return await page(c, { newLink: null, error: error.message });
      throw error;
    }
  }

  /** The id of the address, or 404. */
  function idOf(c: Context<CompanyEnv>): string {
    const id = c.req.param('id') ?? '';
    if (!idPattern.test(id)) throw new NotFoundError();
    return id;
  }

  return new Hono<CompanyEnv>()
    .get('/usuarios', async (c) => {
      requireRight(c);
      return await page(c, { newLink: null, error: null });
    })

    .post('/usuarios/convites', async (c) => {
      requireRight(c);
      const { email: typed, papel } = inviteForm.parse(await c.req.parseBody());
      const email = normalizeEmail(typed);
      if (!email || !isRole(papel)) return await page(c, { newLink: null, error: userMessages.badInvitation });
      requireGrant(c, papel);
      return await act(c, async (tx) => {
        const known = await tx`select from memberships m join users u on u.id = m.user_id where u.email = ${email}`;
        if (known.length > 0) throw new Refused(userMessages.isMember);
        const open = await tx<{ role: Role }[]>`
          select role from invitations where email = ${email} and accepted_at is null`;
        if (open[0]) requireGrant(c, open[0].role);
        return await invite(c, tx, { email, role: papel });
      });
    })

    .post('/usuarios/convites/:id/renovar', async (c) => {
      requireRight(c);
      const id = idOf(c);
      return await act(c, async (tx) => {
        const found = await findInvitation(tx, id);
        if (!found) throw new NotFoundError();
        requireGrant(c, found.role);
        return await invite(c, tx, found);
      });
    })

    .post('/usuarios/convites/:id/retirar', async (c) => {
      requireRight(c);
      const id = idOf(c);
      return await act(c, async (tx) => {
        const found = await findInvitation(tx, id);
        if (!found) throw new NotFoundError();
        requireGrant(c, found.role);
        await tx`delete from invitations where id = ${id}`;
        await audit(tx, doer(c), { action: 'user.invitation_cancelled', entity: 'invitation', entityId: id });
        return null;
      });
    })

    .post('/usuarios/:id/papel', async (c) => {
      requireRight(c);
      const id = idOf(c);
      const papel = String((await c.req.parseBody()).papel ?? '');
      return await act(c, async (tx) => {
        const all = await lockRoles(tx);
        const from = all.get(id);
        if (!from) throw new NotFoundError();
        if (!isRole(papel)) throw new Refused(userMessages.badRole);
        requireGrant(c, from);
        requireGrant(c, papel);
        if (from === papel) return null;
        if (isLastOwner(all, id)) throw new Refused(userMessages.lastOwner);
        await tx`update memberships set role = ${papel} where user_id = ${id}`;
        await audit(tx, doer(c), {
          action: 'user.role_changed',
          entity: 'user',
          entityId: id,
          facts: { from, to: papel },
        });
        await notifySessions(tx, id);
        return null;
      });
    })

    .post('/usuarios/:id/duas-etapas', async (c) => {
      if (!can(c.get('company').role, 'reset_two_steps'))
        throw new HttpError(403, 'forbidden', userMessages.ownersOnly);
      const id = idOf(c) as UserId;
      return await act(c, async (tx) => {
        if (!(await lockRoles(tx)).has(id)) throw new NotFoundError();
        // Another company did not agree that this one lets somebody in with less.
        const companies = await db.withUser(id, (own) => own`select from memberships where user_id = ${id}`);
        if (companies.length > 1) throw new Refused(userMessages.worksElsewhere);
        if (await dropSecondFactor(tx, id)) {
          await audit(tx, doer(c), { action: 'user.two_steps_reset', entity: 'user', entityId: id });
        }
        return null;
      });
    })

    .post('/usuarios/:id/remover', async (c) => {
      const id = idOf(c);
      const isSelf = id === c.get('user').id;
      if (!isSelf) requireRight(c);
      const response = await act(c, async (tx) => {
        const all = await lockRoles(tx);
        const role = all.get(id);
        if (!role) throw new NotFoundError();
        if (!isSelf) requireGrant(c, role);
        if (isLastOwner(all, id)) throw new Refused(userMessages.lastOwner);
        await tx`delete from memberships where user_id = ${id}`;
        await audit(tx, doer(c), { action: 'user.removed', entity: 'user', entityId: id, facts: { role } });
        await notifySessions(tx, id);
        return null;
      });
      return isSelf && response.status === 303 ? c.redirect(paths.home, 303) : response;
    });
}

function isLastOwner(all: ReadonlyMap<string, Role>, id: string): boolean {
  return all.get(id) === 'owner' && [...all.values()].filter((role) => role === 'owner').length === 1;
}
