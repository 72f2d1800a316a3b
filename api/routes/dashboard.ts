// The Painel: figures of a period with the one before, the chart, the funnel and what to do now. All of it moves by itself.
import { Hono } from 'hono';
import { localDay } from '#shared/time-zone.ts';
import { DashboardLive, DashboardPage } from '#web/pages/dashboard.tsx';
import type { DashboardProps } from '#web/pages/dashboard-types.ts';
import { parsePeriod, periodQuery } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { restMs } from '../kept.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { loadDashboard, loadDigest } from '../queries/dashboard.ts';
import { areMany } from '../queries/figures.ts';

type Request = { company: Company; query: Readonly<Record<string, string | undefined>>; now: Date };

/** What stands around the panel's content. */
function frameOf({ company, query, now }: Request) {
  const { slug, timeZone } = company;
  const window = { beforeMinutes: company.windowBeforeMinutes, afterMinutes: company.windowAfterMinutes };
  return { slug, period: parsePeriod(query, { timeZone, now }), clock: { now, timeZone }, window };
}

export function dashboardRoutes(deps: Deps) {
  const { keep } = deps;

  /** Yesterday in words, beside a panel that shows something. */
  async function loadKeptDigest(tx: Tx, { company, now }: Request, content: DashboardProps['content']) {
    if (content.state !== 'ready') return null;
    const rest = areMany(content.figures) ? restMs : 0;
    const name = `resumo:${localDay(now, company.timeZone)}`;
    return await keep(tx, { tenantId: company.id, name, restMs: () => rest }, (tx) => loadDigest(tx, { company, now }));
  }

  return new Hono<CompanyEnv>().get('/painel', async (c) => {
    const { now } = clockOf(c, deps);
    const company = c.get('company');
    const request = { company, query: c.req.query(), now };
    const frame = frameOf(request);
    const { content, digest } = await loadPage(c, deps, async (tx) => {
      const content = await loadDashboard(tx, { company, period: frame.period, now, keep, restMs });
      return { content, digest: await loadKeptDigest(tx, request, content) };
    });
    const isReady = content.state === 'ready';
    const live = { page: 'painel', query: { ...periodQuery(frame.period), ...(isReady ? {} : { vazio: '1' }) } };
    return await respondWithPage(
      c,
      deps,
      { title: 'Painel', section: 'painel', live },
      DashboardPage({ ...frame, content, digest }),
    );
  });
}

/** `?vazio=` came as a page without figures: it is replaced as a whole, so that it fills by itself at the first sync. */
export function dashboardView({ db, keep }: Deps): LiveView {
  return {
    page: 'painel',
    kinds: ['cart', 'order', 'lead', 'progress'],
    async render(request) {
      const { company, query, now } = request;
      const frame = frameOf(request);
      const content = await db.withTenant(company.id, (tx) =>
        loadDashboard(tx, { company, period: frame.period, now, keep, restMs: 0 }),
      );
      return String(DashboardLive({ ...frame, content, isWhole: query.vazio !== undefined }));
    },
  };
}
