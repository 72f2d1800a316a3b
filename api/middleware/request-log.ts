// One line a request: the route's pattern, never its address (tokens, ids and searches of people stand there).
import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { Log } from '#shared/log.ts';
import type { AppEnv } from '../context.ts';
import { countRequest, type RequestKind } from '../metrics.ts';

/** Gives the request its four-digit code, counts it and logs its end. Static files and what watches us are not logged. */
export const requestLog = ({ log }: { log: Log }) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set('code', randomBytes(2).toString('hex').toUpperCase());
    c.set('user', null);
    const startedAt = performance.now();
    await next();
    const route = routePath(c, -1);
    const { method } = c.req;
    const { status } = c.res;
    const ms = performance.now() - startedAt;
    const kind = kindOf(c, route);
    countRequest({ kind, method, route, status, ms });
    if (kind === 'static' || kind === 'watch') return;
    log.info('http.request', { method, route, status, ms: Math.round(ms), user: c.get('user')?.id });
  });

function kindOf({ req }: Context<AppEnv>, route: string): RequestKind {
  if (route.startsWith('/static')) return 'static';
  if (route.startsWith('/health') || route === '/metrics') return 'watch';
  if (route.endsWith('/eventos')) return 'live';
  if (route.startsWith('/api/')) return 'api';
  if (req.method !== 'GET' && req.method !== 'HEAD') return 'write';
  return req.header('HX-Request') ? 'fragment' : 'page';
}
