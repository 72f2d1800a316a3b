// The live connection of a page: a snapshot first, then what changes. Every page brings the freshness badge along.
import { Hono } from 'hono';
import { Partial } from '#web/components/partial.tsx';
import { SyncBadgeLink, syncBadgeId } from '#web/components/sync-badge.tsx';
import type { CompanyEnv, Deps } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import type { LiveView } from '../progress-feed.ts';
import { loadSyncBadge } from '../queries/sync-badge.ts';

export function eventRoutes({ feed }: Deps) {
  return new Hono<CompanyEnv>().get('/eventos', (c) => {
    // Nobody would ever read or cancel the stream of a HEAD.
    if (c.req.method === 'HEAD') return c.body(null);
    const { pagina = '', ...query } = c.req.query();
    const response = feed.open({ user: c.get('user'), company: c.get('company'), page: pagina, query });
    if (!response) throw new NotFoundError();
    return response;
  });
}

/** The page's own view plus the badge at the top. */
export function withSyncBadge({ db }: Pick<Deps, 'db'>, view: LiveView): LiveView {
  return {
    ...view,
    async renderBadge({ company, now }) {
      const badge = await db.withTenant(company.id, (tx) => loadSyncBadge(tx, now));
      const link = SyncBadgeLink({ slug: company.slug, badge, clock: { now, timeZone: company.timeZone } });
      return String(Partial({ id: syncBadgeId, children: link }));
    },
  };
}
