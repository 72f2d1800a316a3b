// Whether this process and what it stands on are alive. `/health` is for whoever restarts this process: Postgres only. `/health/`, as the original
// system had it, is for whoever watches the installation: also a daemon that was heard of in the last two minutes. Neither says anything else.
import { Hono } from 'hono';
import type { z } from 'zod';
import type { AppEnv, Deps } from '../context.ts';
import type { healthAnswer } from '../rest/operations.ts';

export const healthRoutes = ({ db: { sql }, log }: Deps) =>
  new Hono<AppEnv>()
    .get('/health', async (c) => {
      await sql`select 1`;
      return c.json({ status: 'ok' });
    })
    .get('/health/', async (c) => {
      const answer: z.infer<typeof healthAnswer> = { status: 'ok', database: 'ok', daemon: 'ok' };
      try {
        const heard = await sql`select from daemons where heartbeat_at > now() - interval '2 minutes' limit 1`;
        if (heard.length === 0) answer.daemon = 'error';
      } catch (error) {
        log.warn('health.database_failed', { error: (error as Error).message });
        answer.database = answer.daemon = 'error';
      }
      if (answer.daemon === 'error') answer.status = 'error';
      return c.json(answer, answer.status === 'ok' ? 200 : 503);
    });
