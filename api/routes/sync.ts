// The Sincronização screen, and the one thing a person may ask of the daemon here: "Sincronizar agora".
import { Hono } from 'hono';
import { can } from '#shared/roles.ts';
import { SiteCard, SyncLive, SyncPage, type SyncPageProps } from '#web/pages/sync.tsx';
import { Backfills } from '#web/pages/sync-backfills.tsx';
import { paths } from '#web/paths.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { changeBackfill, listBackfills, listRuns, listSyncSites, requestSync } from '../queries/sync.ts';

const backfillVerbs = { pausar: 'pause', retomar: 'resume', cancelar: 'cancel' } as const;

const parseId = (text: unknown): string | null => (typeof text === 'string' && /^\d{1,18}$/.test(text) ? text : null);

async function loadPage(
  tx: Tx,
  { company, beforeId, now }: { company: Company; beforeId: string | null; now: Date },
): Promise<SyncPageProps> {
  const { runs, next } = await listRuns(tx, { beforeId });
  return {
    slug: company.slug,
    sites: await listSyncSites(tx),
    runs,
    backfills: await listBackfills(tx),
    nextRun: next,
    isFirstPage: beforeId === null,
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
      const props = await db.withTenant(company.id, (tx) => loadPage(tx, { company, beforeId, now }));
      const live = { page: 'sincronizacao', query: beforeId ? { apos: beforeId } : ({} as Record<string, string>) };
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
      return String(SyncLive(await db.withTenant(company.id, (tx) => loadPage(tx, { company, beforeId, now }))));
    },
  };
}
