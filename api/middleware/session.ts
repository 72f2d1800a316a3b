// Who asks, and for which company. A company is found through the person's membership only, so an unknown one and a stranger's are
// the same 404; being superadmin opens no company.
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { paths } from '#web/paths.ts';
import { findSession } from '../auth/sessions.ts';
import type { AppEnv, Company, CompanyEnv, CompanyName, Deps } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import { endedStream } from '../progress-feed.ts';

/** Requires a session and a membership in the company of `:slug`; sets user, company and companies. */
export const requireCompany = ({ db, publicUrl }: Deps) =>
  createMiddleware<CompanyEnv>(async (c, next) => {
    const anonymous = c as unknown as Context<AppEnv>;
    const user = await findSession(anonymous, { sql: db.sql, publicUrl });
    if (!user) return sessionEnded(anonymous);
    c.set('user', user);
    const companies = await db.withUser(
      user.id,
      (tx) => tx<(Company & CompanyName)[]>`
        select t.id, t.slug, t.name, t.reporting_time_zone as time_zone, t.currency, t.window_before_minutes, t.window_after_minutes, m.role
        from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = ${user.id} order by t.name, t.id`,
    );
    const company = companies.find(({ slug }) => slug === c.req.param('slug'));
    if (!company) throw new NotFoundError();
    c.set('company', company);
    c.set(
      'companies',
      companies.map(({ slug, name }) => ({ slug, name })),
    );
    await next();
  });

/** To the login page and back afterwards: a redirect, the same inside a fragment, or the end of a live connection. */
function sessionEnded(c: Context<AppEnv>): Response {
  if (c.req.header('Accept')?.includes('text/event-stream')) return endedStream();
  if (c.req.header('HX-Request')) {
    const current = c.req.header('HX-Current-URL') ?? '';
    const { pathname, search } = URL.canParse(current) ? new URL(current) : { pathname: '/', search: '' };
    return c.body(null, 401, { 'HX-Redirect': paths.loginWithReturn(pathname + search) });
  }
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(paths.loginWithReturn(c.req.method === 'GET' ? pathname + search : '/'));
}
