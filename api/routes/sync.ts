// The Sincronização screen, and what a person may ask of the daemon here: to sync now, to read a period again, to conclude anew, to rest, to take a loss
// for true, to try again what could not be read.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { can } from '#shared/roles.ts';
import { startOfLocalDay } from '#shared/time-zone.ts';
import { RunPage } from '#web/pages/run.tsx';
import { runLogText } from '#web/pages/run-log.ts';
import { SyncLive, SyncPage, type SyncPageProps } from '#web/pages/sync.tsx';
import { Backfills } from '#web/pages/sync-backfills.tsx';
import { SiteCard } from '#web/pages/sync-site.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findRecompute, requestRecompute, tellDaemons } from '../queries/settings.ts';
import {
  askDaemon,
  changeBackfill,
  findRunPage,
  listBackfills,
  listBatches,
  listRunSources,
  listRuns,
  listSyncSites,
  pauseSite,
  requestBackfill,
  requestSync,
} from '../queries/sync.ts';

const backfillVerbs = { pausar: 'pause', retomar: 'resume', cancelar: 'cancel' } as const;

const parseId = (text: unknown): string | null => (typeof text === 'string' && /^\d{1,18}$/.test(text) ? text : null);

/** The first instant of a day that a form gives (`2026-01-10`); null for none. */
function dayOf(text: unknown, timeZone: string): Date | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text))) return null;
  return startOfLocalDay(text, timeZone);
}

async function loadPage(
  tx: Tx,
  {
    company,
    beforeId,
    query = {},
    now,
  }: { company: Company; beforeId: string | null; query?: Readonly<Record<string, string | undefined>>; now: Date },
): Promise<SyncPageProps> {
  const sources = await listRunSources(tx);
  const source = sources.find(({ value }) => value === query.fonte)?.value ?? null;
  const isFailed = query.historico === 'falhas';
  const { runs, next } = await listRuns(tx, { beforeId, isFailed, source });
  return {
    slug: company.slug,
    sites: await listSyncSites(tx),
    runs,
    backfills: await listBackfills(tx),
    nextRun: next,
    isFirstPage: beforeId === null,
    isFailed,
    source,
    sources,
    recompute: await findRecompute(tx),
    canSyncNow: can(company.role, 'sync_now'),
    canChangeBackfills: can(company.role, 'manage_connections'),
    canSeeDetail: can(company.role, 'manage_connections'),
    clock: { now, timeZone: company.timeZone },
  };
}

export function syncRoutes(deps: Deps) {
  const { db } = deps;
  const routes = new Hono<CompanyEnv>()
    .get('/sincronizacao', async (c) => {
      const company = c.get('company');
      const beforeId = parseId(c.req.query('apos'));
      const { now } = clockOf(c, deps);
      const asked = c.req.query();
      const props = await db.withTenant(company.id, (tx) => loadPage(tx, { company, beforeId, query: asked, now }));
      const { isFailed, source } = props;
      const query = {
        ...(beforeId && { apos: beforeId }),
        ...(isFailed && { historico: 'falhas' }),
        ...(source && { fonte: source }),
      };
      const live = { page: 'sincronizacao', query: query as Record<string, string> };
      return await respondWithPage(
        c,
        deps,
        { title: 'Sincronização', section: 'sincronizacao', live },
        SyncPage(props),
      );
    })

    .post('/sincronizacao/agora', async (c) => {
      const company = c.get('company');
      const siteId = parseId((await c.req.parseBody()).loja);
      const { now } = clockOf(c, deps);
      const props = await db.withTenant(company.id, async (tx) => {
        if (!siteId) return null;
        if (!can(company.role, 'sync_now')) throw new HttpError(403, 'forbidden', 'Seu papel não permite sincronizar.');
        const isOwn = await requestSync(tx, { siteId, userId: c.get('user').id });
        return isOwn ? await loadPage(tx, { company, beforeId: null, now }) : null;
      });
      const site = props?.sites.find(({ id }) => id === siteId);
      if (!props || !site) throw new NotFoundError();
      if (!c.req.header('HX-Request')) return c.redirect(paths.sync(company.slug), 303);
      return c.html(SiteCard({ ...props, site }));
    });

  /** What only who manages connections may ask, of one shop; written down, then the page again. */
  const manage = (
    path: string,
    action: `${string}.${string}`,
    work: (
      tx: Tx,
      asked: { siteId: string; body: Record<string, unknown>; c: Context<CompanyEnv> },
    ) => Promise<unknown>,
  ) =>
    routes.post(path, async (c) => {
      const company = c.get('company');
      const body = await c.req.parseBody();
      const siteId = parseId(body.loja);
      await db.withTenant(company.id, async (tx) => {
        const isOwn = siteId !== null && (await tx`select from sites where id = ${siteId}`).length > 0;
        if (!isOwn) throw new NotFoundError();
        if (!can(company.role, 'manage_connections'))
          throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar a sincronização.');
        await work(tx, { siteId, body, c });
        const who = { tenantId: company.id, userId: c.get('user').id };
        await audit(tx, who, { action, entity: 'site', entityId: siteId });
      });
      return c.redirect(paths.sync(company.slug), 303);
    });
  manage('/sincronizacao/reprocessos', 'sync.backfill_asked', async (tx, { siteId, body, c }) => {
    const { id: tenantId, timeZone } = c.get('company');
    const [from, to] = [dayOf(body.de, timeZone), dayOf(body.ate, timeZone)];
    if (!from || (to && to < from))
      throw new HttpError(422, 'invalid', 'Diga o primeiro dia do período, e um último dia que não venha antes dele.');
    // The last day is read whole: it ends where the next one begins.
    const end = to && startOfLocalDay(new Date(to.getTime() + 30 * 3_600_000).toISOString().slice(0, 10), timeZone);
    await requestBackfill(tx, { tenantId, siteId, from, to: end, userId: c.get('user').id });
  });
  manage('/sincronizacao/recalcular', 'sync.recompute_asked', (tx, { c }) =>
    requestRecompute(tx, { userId: c.get('user').id }),
  );
  manage('/sincronizacao/pausa', 'sync.paused', async (tx, { siteId, body, c }) => {
    await pauseSite(tx, siteId, body.acao === 'pausar');
    await tellDaemons(tx, c.get('company').id, siteId);
  });
  manage('/sincronizacao/perda', 'sync.loss_accepted', (tx, { siteId, c }) =>
    askDaemon(tx, { siteId, kind: 'accept_loss', userId: c.get('user').id }),
  );
  manage('/sincronizacao/quarentena', 'sync.quarantine_retried', (tx, { siteId, c }) =>
    askDaemon(tx, { siteId, kind: 'retry_quarantine', userId: c.get('user').id }),
  );

  routes.get('/sincronizacao/:id', async (c) => {
    const company = c.get('company');
    const id = parseId(c.req.param('id'));
    const found = id === null ? null : await db.withTenant(company.id, (tx) => findRunPage(tx, id));
    if (!found) throw new NotFoundError();
    const clock = clockOf(c, deps);
    const canSeeDetail = can(company.role, 'manage_connections');
    const page = RunPage({ slug: company.slug, ...found, canSeeDetail, clock });
    return await respondWithPage(c, deps, { title: 'Sincronização', section: 'sincronizacao' }, page);
  });

  routes.get('/sincronizacao/:id/registro', async (c) => {
    const company = c.get('company');
    const id = parseId(c.req.param('id'));
    const found =
      id === null
        ? null
        : await db.withTenant(company.id, async (tx) => {
            const page = await findRunPage(tx, id);
            return page && { ...page, batches: await listBatches(tx, id) };
          });
    if (!found) throw new NotFoundError();
    const text = runLogText({ ...found, canSeeDetail: can(company.role, 'manage_connections') });
    return c.text(text, 200, { 'Content-Disposition': `attachment; filename="sincronizacao-${id}.txt"` });
  });

  for (const [action, verb] of Object.entries(backfillVerbs)) {
    routes.post(`/sincronizacao/reprocessos/:id/${action}`, async (c) => {
      const company = c.get('company');
      const id = parseId(c.req.param('id'));
      const { now } = clockOf(c, deps);
      const props = await db.withTenant(company.id, async (tx) => {
        if (!can(company.role, 'manage_connections'))
          throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar reprocessamentos.');
        const isOwn = id !== null && (await changeBackfill(tx, { tenantId: company.id, id, verb }));
        return isOwn ? await loadPage(tx, { company, beforeId: null, now }) : null;
      });
      if (!props) throw new NotFoundError();
      if (!c.req.header('HX-Request')) return c.redirect(paths.sync(company.slug), 303);
      return c.html(Backfills(props));
    });
  }
  return routes;
}

/** Cards and history follow every batch and every end of a run. */
export function syncView({ db }: Deps): LiveView {
  return {
    page: 'sincronizacao',
    kinds: ['progress'],
    async render({ company, query, now }) {
      const beforeId = parseId(query.apos);
      return String(SyncLive(await db.withTenant(company.id, (tx) => loadPage(tx, { company, beforeId, query, now }))));
    },
  };
}
