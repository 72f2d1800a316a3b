// Who asks the API, and for which company: a personal token with its company, or the session of the person's browser with `?empresa=`. A request with
// an Authorization header is never taken for its cookie's.
import { createMiddleware } from 'hono/factory';
import type { ApiScope } from '#web/pages/account-types.ts';
import { bearerOf, findToken } from '../auth/api-tokens.ts';
import { findSession } from '../auth/sessions.ts';
import type { Company, CompanyEnv, Deps, SignedUser } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { listOpenCompanies } from '../queries/open-companies.ts';

/** `token`: null for a session, which may what its person may. */
export type ApiEnv = {
  Bindings: CompanyEnv['Bindings'];
  Variables: {
    code: string;
    user: SignedUser;
    company: Company;
    token: { id: string; scopes: readonly ApiScope[] } | null;
  };
};

/** Requires a token or a session, and a company of the person's. */
export const requireCaller = ({ db, publicUrl }: Deps) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const bearer = bearerOf(c.req.header('Authorization'));
    const slug = c.req.query('empresa');
    if (bearer !== null) {
      const token = await findToken(db, bearer);
      const user = token && (await findUser(db, token.userId));
      const companies = user ? await listOpenCompanies(db, user) : [];
      const company = token && companies.find(({ id }) => id === token.tenantId);
      if (!token || !user || !company) {
        c.header('WWW-Authenticate', 'Bearer');
        throw new HttpError(401, 'bad_token', 'Esta chave não existe, venceu ou foi revogada.');
      }
      if (slug !== undefined && slug !== company.slug) throw new NotFoundError();
      c.set('user', user);
      c.set('company', company);
      c.set('token', { id: token.id, scopes: token.scopes });
      return await next();
    }
    const user = await findSession(c as never, { sql: db.sql, publicUrl });
    if (!user) {
      c.header('WWW-Authenticate', 'Bearer');
      throw new HttpError(
        401,
        'unauthenticated',
        'Mande uma chave pessoal (Authorization: Bearer …) ou entre no sistema.',
      );
    }
    const companies = await listOpenCompanies(db, user);
    const company = slug === undefined ? companies[0] : companies.find((one) => one.slug === slug);
    if (!company) throw new NotFoundError();
    if (slug === undefined && companies.length > 1) {
      throw new HttpError(422, 'company_missing', 'Diga a empresa: ?empresa= e o nome dela no endereço.');
    }
    c.set('user', user);
    c.set('company', company);
    c.set('token', null);
    await next();
  });

/** A superadmin's visits belong to a browser: by token he is a member or nobody. */
async function findUser({ sql }: Deps['db'], id: string): Promise<SignedUser | null> {
  const [user] = await sql<Pick<SignedUser, 'id' | 'name' | 'email'>[]>`
    select id, name, email from users where id = ${id}`;
  return user ? { ...user, isSuperadmin: false, sessionHash: Buffer.alloc(0) } : null;
}
