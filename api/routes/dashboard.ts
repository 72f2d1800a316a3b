// The Painel: figures of a period with the one before, the chart, the funnel and what to do now. All of it moves by itself.
import { Hono } from 'hono';
import { localDay } from '#shared/time-zone.ts';
import { DashboardLive, DashboardPage } from '#web/pages/dashboard.tsx';
import type { Digest } from '#web/pages/dashboard-types.ts';
import { parsePeriod, periodQuery } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import { keep, restMs } from '../kept.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { loadDashboard, loadDigest } from '../queries/dashboard.ts';
import { areMany } from '../queries/figures.ts';

type Query = Readonly<Record<string, string | undefined>>;

type Request = { company: Company; query: Query; now: Date; restMs: number };

async function loadProps({ db, feed }: Pick<Deps, 'db' | 'feed'>, { company, query, now, restMs }: Request) {
  const { slug, timeZone } = company;
  const window = { beforeMinutes: company.windowBeforeMinutes, afterMinutes: company.windowAfterMinutes };
  const period = parsePeriod(query, { timeZone, now });
  const content = await db.withTenant(company.id, (tx) => loadDashboard(tx, { company, period, now, feed, restMs }));
  return { slug, period, clock: { now, timeZone }, window, content };
}

export function dashboardRoutes(deps: Deps) {
  return new Hono<CompanyEnv>().get('/painel', async (c) => {
    const { now } = clockOf(c, deps);
    const company = c.get('company');
    const props = await loadProps(deps, { company, query: c.req.query(), now, restMs });
    const restOf = ({ figures }: Digest) => (areMany(figures) ? restMs : 0);
    const isReady = props.content.state === 'ready';
    const name = `resumo:${localDay(now, company.timeZone)}`;
    const digest = isReady
      ? await keep(deps.feed, { tenantId: company.id, name, restMs: restOf }, () =>
          deps.db.withTenant(company.id, (tx) => loadDigest(tx, { company, now })),
        )
      : null;
    const live = { page: 'painel', query: { ...periodQuery(props.period), ...(isReady ? {} : { vazio: '1' }) } };
    return await respondWithPage(
      c,
      deps,
      { title: 'Painel', section: 'painel', live },
      DashboardPage({ ...props, digest }),
    );
  });
}

/** `?vazio=` came as a page without figures: it is replaced as a whole, so that it fills by itself at the first sync. */
export function dashboardView(deps: Deps): LiveView {
  return {
    page: 'painel',
    kinds: ['cart', 'order', 'lead', 'progress'],
    async render({ company, query, now }) {
      const props = await loadProps(deps, { company, query, now, restMs: 0 });
      return String(DashboardLive({ ...props, isWhole: query.vazio !== undefined }));
    },
  };
}
