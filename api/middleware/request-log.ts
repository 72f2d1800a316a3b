// One line a request: the route's pattern, never its address (tokens, ids and searches of people stand there).
import { randomBytes } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { Log } from '#shared/log.ts';
import type { AppEnv } from '../context.ts';

/** Gives the request its four-digit code and logs its end. Static files and health checks are not logged. */
export const requestLog = ({ log }: { log: Log }) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set('code', randomBytes(2).toString('hex').toUpperCase());
    c.set('user', null);
    const startedAt = performance.now();
    await next();
    const route = routePath(c, -1);
    if (route.startsWith('/static') || route.startsWith('/health')) return;
    log.info('http.request', {
      method: c.req.method,
      route,
      status: c.res.status,
      ms: Math.round(performance.now() - startedAt),
      user: c.get('user')?.id,
    });
  });
