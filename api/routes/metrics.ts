// GET /metrics, for a Prometheus on this machine or in the containers' own network. What comes through the proxy, or from anywhere else, finds nothing
// there: the proxy says for whom it asks.
import { Hono } from 'hono';
import { metricsType } from '#shared/metrics/exposition.ts';
import { isInnerAddress } from '../auth/client-address.ts';
import type { AppEnv, Deps } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import { scrape } from '../metrics.ts';

export const metricsRoutes = (deps: Deps) =>
  new Hono<AppEnv>().get('/metrics', (c) => {
    const isForwarded = c.req.header('X-Forwarded-For') ?? c.req.header('Forwarded') ?? c.req.header('Via');
    if (isForwarded !== undefined || !isInnerAddress(c.env?.incoming?.socket.remoteAddress)) throw new NotFoundError();
    return c.body(scrape(deps), 200, { 'Content-Type': metricsType, 'Cache-Control': 'no-store' });
  });
