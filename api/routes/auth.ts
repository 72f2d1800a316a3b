// Coming in and going out: one-time links, e-mail and password, the first owner, logout, and the start page's redirect.
import type { Context } from 'hono';
import { Hono } from 'hono';
import PQueue from 'p-queue';
import { z } from 'zod';
import { normalizeEmail } from '#shared/email.ts';
import type { UserId } from '#shared/ids.ts';
import { hashToken } from '#shared/login-links.ts';
import { hashPassword, minPasswordLength, verifyPassword } from '#shared/passwords.ts';
import { loginMessages } from '#web/messages.ts';
import { DoorMessagePage, FirstOwnerPage, LoginPage } from '#web/pages/login.tsx';
import { paths } from '#web/paths.ts';
import { clientAddress } from '../auth/client-address.ts';
import { createFirstOwner, parseFirstOwner } from '../auth/first-owner.ts';
import { endSession, findSession, startSession } from '../auth/sessions.ts';
import { forgiveTries, recordTry } from '../auth/throttle.ts';
import type { AppEnv, Deps } from '../context.ts';
import { HttpError } from '../http-error.ts';

const loginForm = z.object({
  email: z.string().max(320).catch(''),
  senha: z.string().max(200).catch(''),
  volta: z.string().max(2000).catch(''),
});

/** Only an address inside a company: a foreign one would make our login page a lure. */
function safeReturn(path: string): string | null {
  return /^\/e\/[a-z0-9-]+\/[^\\]*$/.test(path) ? path : null;
}

export function authRoutes(deps: Deps) {
  const { db, assets, publicUrl, log } = deps;
  const { sql } = db;
  // scrypt takes 128 MB each: one at a time, and a queue that a flood cannot fill.
  const hashing = new PQueue({ concurrency: 1 });
  const maxWaiting = 50;
  const oneAtATime = async <T>(work: () => Promise<T>): Promise<T> => {
    if (hashing.size >= maxWaiting) throw new HttpError(429, 'busy', loginMessages.tooMany);
    return await hashing.add(work);
  };

  async function defaultPath(userId: UserId): Promise<string | null> {
    const [company] = await db.withUser(
      userId,
      (tx) => tx<{ slug: string }[]>`
      select t.slug from memberships m join tenants t on t.id = m.tenant_id
      where m.user_id = ${userId} order by m.is_default desc, t.name, t.id limit 1`,
    );
    return company ? paths.dashboard(company.slug) : null;
  }

  async function enter(c: Context<AppEnv>, userId: UserId, returnTo: string | null): Promise<Response> {
    const target = returnTo ?? (await defaultPath(userId));
    await startSession(c, { sql, publicUrl, userId });
    log.info('auth.login', { user: userId });
    if (target) return c.redirect(target, 303);
    return c.html(DoorMessagePage({ assets, title: 'Sem empresa', message: loginMessages.noCompany }));
  }

  return new Hono<AppEnv>()
    .get(paths.home, async (c) => {
      const user = await findSession(c, { sql, publicUrl });
      if (!user) return c.redirect(paths.login);
      const target = await defaultPath(user.id);
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
      const remote = c.env?.incoming?.socket.remoteAddress;
      const attempt = { email, address: clientAddress(remote, c.req.header('X-Forwarded-For')) };
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
