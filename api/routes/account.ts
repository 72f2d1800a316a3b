// Minha conta. A new password asks for the old one, under the login's own throttle, and ends every other session.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import type { TenantId } from '#shared/ids.ts';
import { base32, otpauthLink } from '#shared/one-time-codes.ts';
import { hashPassword, verifyPassword } from '#shared/passwords.ts';
import { accountMessages, loginMessages, passwordFault, tokenMessages } from '#web/messages.ts';
import { OuterPage } from '#web/outer.tsx';
import { type AccountCompany, AccountPage, type AccountSession, type NewToken } from '#web/pages/account.tsx';
import { apiScopes } from '#web/pages/account-types.ts';
import { BeginTwoStepsPage, RecoveryCodesPage } from '#web/pages/two-steps.tsx';
import { paths } from '#web/paths.ts';
import { createToken, listTokens, revokeAllTokens, revokeToken } from '../auth/api-tokens.ts';
import type { Doors } from '../auth/doors.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  dropSecondFactor,
  findBegunSecret,
  findSecondFactor,
} from '../auth/second-factor.ts';
import { endOtherSessions } from '../auth/sessions.ts';
import { forgiveTries, recordTry } from '../auth/throttle.ts';
import type { Deps, SignedUser } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import { requireUser, type SignedEnv } from '../middleware/signed-in.ts';

/** These pages belong to no company; Brasília's time is what people here read. */
const installationTimeZone = 'America/Sao_Paulo';

const passwordForm = z.object({
  atual: z.string().max(200).catch(''),
  nova: z.string().max(1000).catch(''),
  chaves: z.string().catch(''),
});
const tokenDays = [30, 90, 365];
const tokenForm = z.object({
  nome: z.string().trim().max(60).catch(''),
  empresa: z.string().max(20).catch(''),
  pode: z.union([z.string(), z.array(z.string())]).catch([]),
  dias: z.coerce.number().catch(90),
});
const doneTexts: Readonly<Record<string, string>> = {
  senha: accountMessages.passwordSaved,
  senha_e_chaves: accountMessages.passwordAndTokensGone,
  sessoes: accountMessages.sessionsEnded,
  empresa: accountMessages.companyChosen,
  chave: tokenMessages.revoked,
  desligada: accountMessages.twoStepsOff,
};

export function accountRoutes(deps: Deps, { oneAtATime, addressOf, auditEverywhere }: Doors) {
  const { db, assets, now } = deps;
  const { sql } = db;

  const findHash = async (id: string) =>
    (await sql<{ passwordHash: string | null }[]>`select password_hash from users where id = ${id}`)[0]!.passwordHash;

  const companiesOf = async (userId: SignedUser['id']) =>
    await db.withUser(
      userId,
      (tx) => tx<AccountCompany[]>`
        select t.id, t.slug, t.name, m.role, m.is_default from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = ${userId} order by t.name, t.id`,
    );

  /** `newToken` is shown in this answer and never again. */
  async function page(
    c: Context<SignedEnv>,
    error: string | null,
    status: 200 | 422 | 429 = 200,
    newToken: NewToken | null = null,
  ) {
    const user = c.get('user');
    const sessions = await sql<AccountSession[]>`
      select token_hash = ${user.sessionHash} as is_current, device, created_at, last_seen_at from sessions
      where user_id = ${user.id} and expires_at > now() and last_seen_at > now() - interval '12 hours'
      order by is_current desc, last_seen_at desc, token_hash limit 50`;
    const content = AccountPage({
      email: user.email,
      hasPassword: (await findHash(user.id)) !== null,
      twoSteps: await findSecondFactor(sql, user.id),
      sessions,
      companies: await companiesOf(user.id),
      tokens: await listTokens(db, user.id),
      newToken,
      error,
      done: error ? null : (doneTexts[c.req.query('feito') ?? ''] ?? null),
      clock: { now: now(), timeZone: installationTimeZone },
    });
    return c.html(OuterPage({ title: 'Minha conta', assets, user, children: content }), status);
  }

  /** The old password once more, before what a session left open must not do, under the login's throttle. Null: it is right, or there is none. */
  async function refusePassword(c: Context<SignedEnv>, typed: string): Promise<Response | null> {
    const user = c.get('user');
    const stored = await findHash(user.id);
    if (stored === null) return null;
    const attempt = { email: user.email, address: addressOf(c as never) };
    if (!(await recordTry(sql, attempt))) return await page(c, loginMessages.tooMany, 429);
    if (!(await oneAtATime(() => verifyPassword(typed, stored)))) {
      return await page(c, accountMessages.wrongPassword, 422);
    }
    await forgiveTries(sql, attempt);
    return null;
  }

  const readPassword = async (c: Context<SignedEnv>) => passwordForm.parse(await c.req.parseBody()).atual;

  function showSecret(c: Context<SignedEnv>, secret: Buffer, error: string | null) {
    const user = c.get('user');
    const children = BeginTwoStepsPage({ secret: base32(secret), link: otpauthLink(secret, user.email), error });
    return c.html(OuterPage({ title: 'Verificação em duas etapas', assets, user, children }), error ? 422 : 200);
  }

  return new Hono<SignedEnv>()
    .use('/conta/*', requireUser(deps))
    .get(paths.account, requireUser(deps), (c) => page(c, null))

    .post(paths.changePassword, async (c) => {
      const user = c.get('user');
      const { atual, nova, chaves } = passwordForm.parse(await c.req.parseBody());
      const fault = passwordFault(nova);
      if (fault) return await page(c, fault, 422);
      const refused = await refusePassword(c, atual);
      if (refused) return refused;
      const passwordHash = await oneAtATime(() => hashPassword(nova));
      await sql.begin(async (tx) => {
        await tx`update users set password_hash = ${passwordHash} where id = ${user.id}`;
        await tx`update login_links set used_at = now() where user_id = ${user.id} and used_at is null`;
        await endOtherSessions(tx, user);
      });
      await auditEverywhere(user.id, { action: 'auth.password_changed' });
      const revoked = chaves ? await revokeAllTokens(db, user.id) : 0;
      return c.redirect(`${paths.account}?feito=${revoked > 0 ? 'senha_e_chaves' : 'senha'}`, 303);
    })

    .post(paths.endOtherSessions, async (c) => {
      const user = c.get('user');
      await sql.begin((tx) => endOtherSessions(tx, user));
      await auditEverywhere(user.id, { action: 'auth.sessions_ended' });
      return c.redirect(`${paths.account}?feito=sessoes`, 303);
    })

    .post(paths.beginTwoSteps, async (c) => {
      const refused = await refusePassword(c, await readPassword(c));
      if (refused) return refused;
      const secret = await beginSecondFactor(sql, c.get('user').id);
      return secret ? showSecret(c, secret, null) : c.redirect(paths.account, 303);
    })

    .post(paths.confirmTwoSteps, async (c) => {
      const user = c.get('user');
      const typed = String((await c.req.parseBody()).codigo ?? '');
      const secret = await findBegunSecret(sql, user.id);
      if (!secret) return await page(c, accountMessages.codeTooLate, 422);
      const codes = await confirmSecondFactor(sql, user.id, { typed, now: now() });
      if (!codes) return showSecret(c, secret, accountMessages.wrongCode);
      await auditEverywhere(user.id, { action: 'auth.two_steps_on' });
      const children = RecoveryCodesPage({ codes });
      return c.html(OuterPage({ title: 'Códigos de reserva', assets, user, children }));
    })

    .post(paths.endTwoSteps, async (c) => {
      const refused = await refusePassword(c, await readPassword(c));
      if (refused) return refused;
      const { id } = c.get('user');
      if (await dropSecondFactor(sql, id)) await auditEverywhere(id, { action: 'auth.two_steps_off' });
      return c.redirect(`${paths.account}?feito=desligada`, 303);
    })

    .post(paths.createToken, async (c) => {
      const user = c.get('user');
      const { nome, empresa, pode, dias } = tokenForm.parse(await c.req.parseBody({ all: true }));
      const company = (await companiesOf(user.id)).find(({ id }) => id === empresa);
      if (!company) throw new NotFoundError();
      const scopes = apiScopes.filter((scope) => [pode].flat().includes(scope));
      if (!nome) return await page(c, tokenMessages.nameMissing, 422);
      if (scopes.length === 0) return await page(c, tokenMessages.scopeMissing, 422);
      const days = tokenDays.find((known) => known === dias) ?? 90;
      const tenantId = company.id as TenantId;
      const token = await createToken(db, { tenantId, userId: user.id, name: nome, scopes, days });
      if (token === null) return await page(c, tokenMessages.tooMany, 422);
      return await page(c, null, 200, { token, name: nome, companyName: company.name });
    })

    .post(paths.revokeToken(':id'), async (c) => {
      const user = c.get('user');
      const id = c.req.param('id') ?? '';
      const token = (await listTokens(db, user.id)).find((one) => one.id === id);
      const own = token && { tenantId: token.tenantId as TenantId, userId: user.id, id };
      if (!own || !(await revokeToken(db, own))) throw new NotFoundError();
      return c.redirect(`${paths.account}?feito=chave#chaves`, 303);
    })

    .post(paths.chooseDefaultCompany, async (c) => {
      const user = c.get('user');
      const chosen = String((await c.req.parseBody()).empresa ?? '');
      const own = await db.withUser(
        user.id,
        (tx) => tx<{ tenantId: string }[]>`select tenant_id from memberships where user_id = ${user.id}`,
      );
      if (!own.some(({ tenantId }) => tenantId === chosen)) throw new NotFoundError();
      for (const { tenantId } of own) {
        await db.withTenant(
          tenantId as never,
          (tx) => tx`update memberships set is_default = ${tenantId === chosen} where user_id = ${user.id}`,
        );
      }
      return c.redirect(`${paths.account}?feito=empresa`, 303);
    });
}
