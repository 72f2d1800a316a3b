// A write comes from our own pages or not at all: browsers say so themselves in Sec-Fetch-Site, older ones in Origin.
// Neither header = no browser page of ours = refused. Hono's own guard looks at form content types only.
import { createMiddleware } from 'hono/factory';
import { bearerOf } from '../auth/api-tokens.ts';
import type { AppEnv } from '../context.ts';
import { HttpError } from '../http-error.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses cross-site writes with 403. `publicUrl` is an accepted origin beside the request's own host. A request to the API with a token is no browser's
 * form: no page sets that header across sites, and the cookie beside it is not looked at (api-caller.ts).
 */
export const refuseCrossSiteWrites = ({ publicUrl }: { publicUrl: string }) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const isByToken = c.req.path.startsWith('/api/') && bearerOf(c.req.header('Authorization')) !== null;
    if (!reading.has(c.req.method) && !isByToken && !isSameSite(c.req.raw, publicUrl)) {
      throw new HttpError(403, 'cross_site', 'A ação veio de outro site e não foi feita.');
    }
    await next();
  });

function isSameSite(request: Request, publicUrl: string): boolean {
  const fetchSite = request.headers.get('Sec-Fetch-Site');
  if (fetchSite !== null) return fetchSite === 'same-origin';
  const origin = request.headers.get('Origin');
  if (!origin || !URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === request.headers.get('Host');
}
