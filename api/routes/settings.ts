// The Configurações screen: the company's settings and its shops' schedules. A change of what conclusions stand on asks the daemon for a recompute,
// whose progress the open page shows.
import type { Context } from 'hono';
import { Hono } from 'hono';
import {
  type FieldErrors,
  needsRecompute,
  readSettingsForm,
  type SettingsForm,
  toSettingsForm,
} from '#shared/company-settings.ts';
import { parseCron } from '#shared/cron.ts';
import { can } from '#shared/roles.ts';
import { localDay } from '#shared/time-zone.ts';
import { Partial as HxPartial } from '#web/components/partial.tsx';
import {
  RecomputeLine,
  recomputeLineId,
  type ScheduleKind,
  SettingsPage,
  type SettingsPageProps,
  scheduleKinds,
} from '#web/pages/settings.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { loadCoupon } from '../queries/messages.ts';
import {
  findRecompute,
  getCompanySettings,
  listSchedules,
  requestRecompute,
  saveCompanySettings,
  saveSchedules,
} from '../queries/settings.ts';

const fields = [
  'nome',
  'fuso',
  'moeda',
  'ddd',
  'janela_antes',
  'janela_depois',
  'corte',
  'intervalo',
  'vinculo',
  'sem_contato',
  'linhas_dia',
] as const satisfies (keyof SettingsForm)[];

type Shown = {
  form?: SettingsForm;
  errors?: FieldErrors<SettingsForm>;
  refused?: SettingsPageProps['refused'] & { expressions: Partial<Record<ScheduleKind, string>>; isPaused: boolean };
};

export function settingsRoutes(deps: Deps) {
  const { db } = deps;

  async function show(c: Context<CompanyEnv>, { form, errors = {}, refused }: Shown = {}): Promise<Response> {
    const company = c.get('company');
    const clock = clockOf(c, deps);
    const props = await db.withTenant(company.id, async (tx): Promise<SettingsPageProps> => {
      const schedules = (await listSchedules(tx)).map((site) =>
        site.id === refused?.siteId ? { ...site, expressions: refused.expressions, isPaused: refused.isPaused } : site,
      );
      return {
        slug: company.slug,
        form: form ?? toSettingsForm(await getCompanySettings(tx, company.id)),
        errors,
        schedules,
        refused: refused ?? null,
        recompute: await findRecompute(tx),
        isSaved: c.req.method === 'GET' && c.req.query('salvo') === '1',
        canEdit: can(company.role, 'edit_settings'),
        canSchedule: can(company.role, 'manage_connections'),
        coupon: await loadCoupon(tx, localDay(clock.now, company.timeZone)),
        look: { color: company.themeColor, hasLogo: company.logoHash !== null },
        clock,
      };
    });
    return await respondWithPage(
      c,
      deps,
      { title: 'Configurações', section: 'configuracoes', live: { page: 'configuracoes', query: {} } },
      SettingsPage(props),
    );
  }

  return new Hono<CompanyEnv>()
    .get('/configuracoes', (c) => show(c))

    .post('/configuracoes', async (c) => {
      const company = c.get('company');
      if (!can(company.role, 'edit_settings'))
        throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar as configurações.');
      const body = await c.req.parseBody();
      const form = Object.fromEntries(fields.map((name) => [name, textOf(body[name])])) as SettingsForm;
      const read = readSettingsForm(form);
      if ('errors' in read) {
        c.status(422);
        return await show(c, { form, errors: read.errors });
      }
      const userId = c.get('user').id;
      await db.withTenant(company.id, async (tx) => {
        const before = await getCompanySettings(tx, company.id);
        const changed = (Object.keys(before) as (keyof typeof before)[]).filter(
          (key) => before[key] !== read.settings[key],
        );
        if (changed.length === 0) return;
        await saveCompanySettings(tx, company.id, read.settings);
        await audit(
          tx,
          { tenantId: company.id, userId },
          { action: 'settings.changed', entity: 'company', entityId: company.id, facts: { fields: changed.join(' ') } },
        );
        if (needsRecompute(before, read.settings)) await requestRecompute(tx, { userId });
      });
      return c.redirect(`${paths.settings(company.slug)}?salvo=1`, 303);
    })

    .post('/configuracoes/lojas/:id/agenda', async (c) => {
      const company = c.get('company');
      const siteId = c.req.param('id');
      if (!can(company.role, 'manage_connections'))
        throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar a agenda.');
      if (!/^\d{1,18}$/.test(siteId)) throw new NotFoundError();
      const body = await c.req.parseBody();
      const expressions: Partial<Record<ScheduleKind, string>> = {};
      const errors: Partial<Record<ScheduleKind, string>> = {};
      for (const kind of scheduleKinds) {
        if (body[kind] === undefined) continue;
        expressions[kind] = textOf(body[kind]).trim().replace(/\s+/g, ' ');
        if (!parseCron(expressions[kind])) errors[kind] = 'Não é uma agenda de cinco campos. Exemplo: */5 * * * *.';
      }
      const isPaused = textOf(body.pausada) === 'sim';
      const isWrong = Object.keys(errors).length > 0;
      const isOwn = await db.withTenant(company.id, async (tx) => {
        if (isWrong) return (await tx`select from sites where id = ${siteId}`).length > 0;
        if (!(await saveSchedules(tx, { tenantId: company.id, siteId, expressions, isPaused }))) return false;
        await audit(
          tx,
          { tenantId: company.id, userId: c.get('user').id },
          { action: 'schedule.changed', entity: 'site', entityId: siteId, facts: { ...expressions, isPaused } },
        );
        return true;
      });
      if (!isOwn) throw new NotFoundError();
      if (isWrong) {
        c.status(422);
        return await show(c, { refused: { siteId, errors, expressions, isPaused } });
      }
      return c.redirect(`${paths.settings(company.slug)}?salvo=1`, 303);
    });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The recompute that a change asked for, as it goes. */
export function settingsView({ db }: Deps): LiveView {
  return {
    page: 'configuracoes',
    kinds: ['progress', 'cart'],
    async render({ company, now }) {
      const recompute = await db.withTenant(company.id, (tx) => findRecompute(tx));
      const line = RecomputeLine({ recompute, clock: { now, timeZone: company.timeZone } });
      return String(HxPartial({ id: recomputeLineId, children: line }));
    },
  };
}
