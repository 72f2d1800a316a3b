// Coming in and going out: one-time links, e-mail and password, the first owner, logout, and the start page's redirect.
import { Hono } from 'hono';
import { z } from 'zod';
import { normalizeEmail } from '#shared/email.ts';
import type { UserId } from '#shared/ids.ts';
import { hashToken } from '#shared/login-links.ts';
import { hashPassword, minPasswordLength, verifyPassword } from '#shared/passwords.ts';
import { loginMessages } from '#web/messages.ts';
import { CodePage, DoorMessagePage, FirstOwnerPage, LoginPage } from '#web/pages/login.tsx';
import { paths } from '#web/paths.ts';
import type { Doors } from '../auth/doors.ts';
import { createFirstOwner, parseFirstOwner } from '../auth/first-owner.ts';
import { findCodeToken, takeCode, useCodeToken } from '../auth/second-factor.ts';
import { endSession, findSession } from '../auth/sessions.ts';
import { forgiveTries, recordTry } from '../auth/throttle.ts';
import type { AppEnv, Deps } from '../context.ts';

const loginForm = z.object({
  email: z.string().max(320).catch(''),
  senha: z.string().max(200).catch(''),
  volta: z.string().max(2000).catch(''),
});

const codeForm = z.object({
  passe: z.string().max(200).catch(''),
  codigo: z.string().max(60).catch(''),
  volta: z.string().max(2000).catch(''),
});

/** Only an address inside a company, an invitation or the installation's pages: a foreign one would make our login page a lure. */
function safeReturn(path: string): string | null {
  return /^\/(?:e\/[a-z0-9-]+\/[^\\]*|convite\/[\w-]{20,100}|conta|admin\/[a-z0-9/]*)$/.test(path) ? path : null;
}

export function authRoutes(deps: Deps, { defaultPath, enter, admit, oneAtATime, addressOf, auditEverywhere }: Doors) {
  const { db, assets, publicUrl, log, now } = deps;
  const { sql } = db;

  return new Hono<AppEnv>()
    .get(paths.home, async (c) => {
      const user = await findSession(c, { sql, publicUrl });
      if (!user) return c.redirect(paths.login);
      const target = await defaultPath(user);
      if (target) return c.redirect(target);
      return c.html(DoorMessagePage({ assets, title: 'Sem empresa', message: loginMessages.noCompany }));
    })

    .get(paths.login, async (c) => {
      const returnTo = c.req.query('volta') ?? '';
      const user = await findSession(c, { sql, publicUrl });
      if (user) return c.redirect(safeReturn(returnTo) ?? paths.home);
      return c.html(LoginPage({ assets, email: '', returnTo, error: null }));
    })

    .post(paths.login, async (c) => {
      const { email: typed, senha, volta } = loginForm.parse(await c.req.parseBody());
      const email = normalizeEmail(typed) ?? '';
      const attempt = { email, address: addressOf(c) };
      const refuse = (status: 401 | 429, error: string) =>
        c.html(LoginPage({ assets, email: typed, returnTo: volta, error }), status);

      if (!(await recordTry(sql, attempt))) return refuse(429, loginMessages.tooMany);
      const [user] = await sql<{ id: UserId; passwordHash: string | null }[]>`
        select id, password_hash from users where email = ${email} and disabled_at is null`;
      if (!(await oneAtATime(() => verifyPassword(senha, user?.passwordHash ?? null))) || !user) {
        log.warn('auth.refused', { user: user?.id });
        return refuse(401, loginMessages.wrong);
      }
      await forgiveTries(sql, attempt);
      return await enter(c, user.id, safeReturn(volta));
    })

    .post(paths.loginCode, async (c) => {
      const { passe: token, codigo, volta } = codeForm.parse(await c.req.parseBody());
      const over = () =>
        c.html(LoginPage({ assets, email: '', returnTo: volta, error: loginMessages.codeTooLate }), 401);
      const owing = await findCodeToken(sql, token);
      if (!owing) return over();
      const { userId } = owing;
      const refuse = (status: 401 | 429, error: string) =>
        c.html(CodePage({ assets, token, returnTo: volta, error }), status);
      // Not the password's count: whoever knows the password could start it anew.
      const attempt = { email: `codigo:${owing.email}`, address: addressOf(c) };
      if (!(await recordTry(sql, attempt))) return refuse(429, loginMessages.tooMany);
      const taken = await takeCode(sql, userId, { typed: codigo, now: now() });
      if (!taken) {
        log.warn('auth.code_refused', { user: userId });
        return refuse(401, loginMessages.wrongCode);
      }
      if (!(await useCodeToken(sql, token))) return over();
      await forgiveTries(sql, attempt);
      if (taken === 'recovery_code') await auditEverywhere(userId, { action: 'auth.recovery_code_used' });
      return await admit(c, userId, safeReturn(volta));
    })

    .get('/entrar/link/:token', async (c) => {
      // A browser that only fetches ahead must not use the link up.
      if (c.req.header('Sec-Purpose')?.includes('prefetch')) return c.body(null, 503);
      const linkHash = hashToken(c.req.param('token'));
      const [link] = await sql<{ kind: string; userId: UserId | null }[]>`
        select l.kind, l.user_id from login_links l left join users u on u.id = l.user_id
        where l.token_hash = ${linkHash} and l.used_at is null and l.expires_at > now() and u.disabled_at is null`;
      if (link?.kind === 'first_owner') {
        const form = { name: '', email: '', company: '' };
        return c.html(FirstOwnerPage({ assets, action: c.req.path, form, minPasswordLength, error: null }));
      }
      // Used in the same statement that checks it: two clicks at once let one in.
      const [used] = await sql<{ userId: UserId }[]>`
        update login_links set used_at = now()
        where token_hash = ${linkHash} and kind = 'login' and used_at is null and expires_at > now() returning user_id`;
      if (link && used) return await enter(c, used.userId, null);
      return c.html(DoorMessagePage({ assets, title: 'Link inválido', message: loginMessages.linkInvalid }), 404);
    })

    .post('/entrar/link/:token', async (c) => {
      const linkHash = hashToken(c.req.param('token'));
      const [link] = await sql`
        select 1 from login_links
        where token_hash = ${linkHash} and kind = 'first_owner' and used_at is null and expires_at > now()`;
      const { form, owner, error } = parseFirstOwner(await c.req.parseBody());
      if (link && !owner) {
        return c.html(FirstOwnerPage({ assets, action: c.req.path, form, minPasswordLength, error }), 422);
      }
      if (link && owner) {
        const passwordHash = await oneAtATime(() => hashPassword(owner.password));
        const created = await createFirstOwner(sql, { owner, passwordHash, linkHash });
        if (created) return await enter(c, created.userId, paths.sync(created.slug));
      }
      return c.html(DoorMessagePage({ assets, title: 'Link inválido', message: loginMessages.linkInvalid }), 404);
    })

    .post(paths.logout, async (c) => {
      const user = await findSession(c, { sql, publicUrl });
      if (user) await endSession(c, { sql, publicUrl }, user);
      return c.redirect(paths.login, 303);
    });
}
