// What every way in has in common: one password hash at a time, a new session, and the page that a person lands on.
import type { Context } from 'hono';
import PQueue from 'p-queue';
import type { TenantId, UserId } from '#shared/ids.ts';
import { loginMessages } from '#web/messages.ts';
import { CodePage, DoorMessagePage } from '#web/pages/login.tsx';
import { paths } from '#web/paths.ts';
import { type AuditEntry, audit } from '../audit.ts';
import type { AppEnv, Deps } from '../context.ts';
import { HttpError } from '../http-error.ts';
import { clientAddress } from './client-address.ts';
import { createCodeToken, findSecondFactor } from './second-factor.ts';
import { startSession } from './sessions.ts';

export type Doors = ReturnType<typeof createDoors>;

/** scrypt takes 128 MB each: one at a time, and a queue that a flood cannot fill. */
const maxWaiting = 50;

export function createDoors({ db, assets, publicUrl, log }: Deps) {
  const hashing = new PQueue({ concurrency: 1 });

  /** The default company's panel, the installation's companies for a superadmin without one, or null. */
  async function defaultPath({ id, isSuperadmin }: { id: UserId; isSuperadmin: boolean }): Promise<string | null> {
    const [company] = await db.withUser(
      id,
      (tx) => tx<{ slug: string }[]>`
        select t.slug from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = ${id} order by m.is_default desc, t.name, t.id limit 1`,
    );
    return company ? paths.dashboard(company.slug) : isSuperadmin ? paths.adminCompanies : null;
  }

  /** Written into the log of each company of this person: what concerns the account concerns them all. */
  async function auditEverywhere(userId: UserId, entry: AuditEntry): Promise<void> {
    const companies = await db.withUser(
      userId,
      (tx) => tx<{ tenantId: TenantId }[]>`select tenant_id from memberships where user_id = ${userId}`,
    );
    for (const { tenantId } of companies) {
      await db.withTenant(tenantId, (tx) => audit(tx, { tenantId, userId }, entry));
    }
  }

  /** Signs somebody in and sends them on; every company of theirs has the login in its log. */
  async function admit(c: Context<AppEnv>, userId: UserId, returnTo: string | null): Promise<Response> {
    const [user] = await db.sql<{ id: UserId; isSuperadmin: boolean }[]>`
      select id, is_superadmin from users where id = ${userId}`;
    const target = returnTo ?? (await defaultPath(user!));
    await startSession(c, { sql: db.sql, publicUrl, userId });
    await auditEverywhere(userId, { action: 'auth.login' });
    log.info('auth.login', { user: userId });
    if (target) return c.redirect(target, 303);
    return c.html(DoorMessagePage({ assets, title: 'Sem empresa', message: loginMessages.noCompany }));
  }

  return {
    defaultPath,
    auditEverywhere,
    admit,

    /** Hashes or checks a password when its turn comes; 429 when too many wait. */
    async oneAtATime<T>(work: () => Promise<T>): Promise<T> {
      if (hashing.size >= maxWaiting) throw new HttpError(429, 'busy', loginMessages.tooMany);
      return await hashing.add(work);
    },

    addressOf: (c: Context<AppEnv>) =>
      clientAddress(c.env?.incoming?.socket.remoteAddress, c.req.header('X-Forwarded-For')),

    /** Lets in who showed a password or a link; who has a second factor owes its code first. */
    async enter(c: Context<AppEnv>, userId: UserId, returnTo: string | null): Promise<Response> {
      if (!(await findSecondFactor(db.sql, userId))) return await admit(c, userId, returnTo);
      const token = await createCodeToken(db.sql, userId);
      return c.html(CodePage({ assets, token, returnTo: returnTo ?? '', error: null }));
    },
  };
}
