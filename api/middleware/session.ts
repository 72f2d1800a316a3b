// Who asks, and for which company. A company is found through the person's membership only, so an unknown one and a stranger's are
// the same 404; a superadmin who is no member enters by a visit with a reason (routes/admin.ts) and by nothing else.
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { paths } from '#web/paths.ts';
import { findSessionAndCompanies } from '../auth/sessions.ts';
import type { AppEnv, CompanyEnv, Deps } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { endedStream } from '../progress-feed.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Requires a session and a membership (or a visit) in the company of `:slug`; sets user, company and companies. Writes in a suspended company are refused. */
export const requireCompany = ({ db, publicUrl }: Deps) =>
  createMiddleware<CompanyEnv>(async (c, next) => {
    const anonymous = c as unknown as Context<AppEnv>;
    const found = await findSessionAndCompanies(anonymous, { sql: db.sql, publicUrl });
    if (!found) return sessionEnded(anonymous);
    const { user, companies } = found;
    c.set('user', user);
    const company = companies.find(({ slug }) => slug === c.req.param('slug'));
    if (!company) throw new NotFoundError();
    c.set('company', company);
    c.set(
      'companies',
      companies.map(({ slug, name }) => ({ slug, name })),
    );
    if (company.isSuspended && !reading.has(c.req.method)) {
      throw new HttpError(403, 'suspended', 'A empresa está suspensa: os dados podem ser vistos, mas nada é gravado.');
    }
    await next();
  });

/** To the login page and back afterwards: a redirect, the same inside a fragment, or the end of a live connection. */
export function sessionEnded(c: Context<AppEnv>): Response {
  if (c.req.header('Accept')?.includes('text/event-stream')) return endedStream();
  if (c.req.header('HX-Request')) {
    const current = c.req.header('HX-Current-URL') ?? '';
    const { pathname, search } = URL.canParse(current) ? new URL(current) : { pathname: '/', search: '' };
    return c.body(null, 401, { 'HX-Redirect': paths.loginWithReturn(pathname + search) });
  }
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(paths.loginWithReturn(c.req.method === 'GET' ? pathname + search : '/'));
}
