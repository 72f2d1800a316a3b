// The Painel: figures of a period with the one before, the chart, the funnel and what to do now. All of it moves by itself.
import { Hono } from 'hono';
import { localDay } from '#shared/time-zone.ts';
import { DashboardLive, DashboardPage } from '#web/pages/dashboard.tsx';
import type { DashboardProps } from '#web/pages/dashboard-types.ts';
import { parsePeriod, periodQuery } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { keep, restMs } from '../kept.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { loadDashboard, loadDigest } from '../queries/dashboard.ts';
import { areMany } from '../queries/figures.ts';

type Query = Readonly<Record<string, string | undefined>>;

type Request = { company: Company; query: Query; now: Date; restMs: number };
type Read = (work: (tx: Tx) => Promise<DashboardProps['content']>) => Promise<DashboardProps['content']>;

async function loadProps({ feed }: Pick<Deps, 'feed'>, read: Read, { company, query, now, restMs }: Request) {
  const { slug, timeZone } = company;
  const window = { beforeMinutes: company.windowBeforeMinutes, afterMinutes: company.windowAfterMinutes };
  const period = parsePeriod(query, { timeZone, now });
  const content = await read((tx) => loadDashboard(tx, { company, period, now, feed, restMs }));
  return { slug, period, clock: { now, timeZone }, window, content };
}

export function dashboardRoutes(deps: Deps) {
  return new Hono<CompanyEnv>().get('/painel', async (c) => {
    const { now } = clockOf(c, deps);
    const company = c.get('company');
    const read: Read = (work) => loadPage(c, deps, work);
    const props = await loadProps(deps, read, { company, query: c.req.query(), now, restMs });
    const { content } = props;
    const isReady = content.state === 'ready';
    const name = `resumo:${localDay(now, company.timeZone)}`;
    const digest = isReady
      ? await keep(
          deps.feed,
          { tenantId: company.id, name, restMs: () => (areMany(content.figures) ? restMs : 0) },
          () => deps.db.withTenant(company.id, (tx) => loadDigest(tx, { company, now })),
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
      const read: Read = (work) => deps.db.withTenant(company.id, work);
      const props = await loadProps(deps, read, { company, query, now, restMs: 0 });
      return String(DashboardLive({ ...props, isWhole: query.vazio !== undefined }));
    },
  };
}
