// LGPD: requests of data subjects with who decides, the report of one person, a person divided by hand, and retention. The web process only writes down
// what was decided: the daemon erases.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { getLegalBasis, legalBases, maxLegalBasisNote, saveLegalBasis } from '#shared/lgpd/legal-basis.ts';
import {
  askSubject,
  type Decision,
  decideRequest,
  listRequests,
  maxRequestNote,
  requestKinds,
} from '#shared/lgpd/requests.ts';
import { getRetention, previewRetention, retentionLimits, saveRetention } from '#shared/lgpd/retention.ts';
import { writeEdge } from '#shared/people/person-edges.ts';
import { type Action, can } from '#shared/roles.ts';
import { lgpdMessages } from '#web/messages.ts';
import { AccessReportPage } from '#web/pages/access-report.tsx';
import { LgpdPage, type LgpdPageProps } from '#web/pages/lgpd.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import { countOwners, findPersonId, getAccessReport, listOptOutTexts } from '../queries/lgpd.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

const shownRequests = 200;
const isId = (text: string) => /^\d{1,18}$/.test(text);
type Shown = Pick<LgpdPageProps, 'error' | 'done'> & { retention?: LgpdPageProps['retention'] };

export function lgpdRoutes(deps: Deps) {
  const { db } = deps;

  function requireRight(c: Context<CompanyEnv>, action: Action): void {
    if (!can(c.get('company').role, action)) throw new HttpError(403, 'forbidden', lgpdMessages.forbidden);
  }

  async function show(c: Context<CompanyEnv>, { error, done, retention }: Shown): Promise<Response> {
    const company = c.get('company');
    const clock = clockOf(c, deps);
    const content = await db.withTenant(company.id, async (tx) => {
      const statements = statementsOf(tx, company.id);
      const settings = retention ?? (await getRetention(statements));
      return LgpdPage({
        slug: company.slug,
        requests: await listRequests(statements, { limit: shownRequests }),
        optOuts: await listOptOutTexts(tx, company.id),
        legalBasis: await getLegalBasis(statements),
        retention: settings,
        preview: await previewRetention(statements, settings, clock.now),
        canApprove: can(company.role, 'approve_erasure'),
        canSeeAudit: can(company.role, 'see_audit'),
        userId: c.get('user').id,
        ownerCount: await countOwners(tx),
        error,
        done,
        clock,
      });
    });
    if (error) c.status(422);
    return await respondWithPage(c, deps, { title: 'LGPD', section: 'lgpd' }, content);
  }

  /** The person of the address, or whoever has its records now. */
  async function personOf(c: Context<CompanyEnv>): Promise<string> {
    const id = c.req.param('id') ?? '';
    const company = c.get('company');
    const person = isId(id) ? await db.withTenant(company.id, (tx) => findPersonId(tx, company.id, id)) : null;
    if (!person) throw new NotFoundError();
    return person;
  }

  async function decide(c: Context<CompanyEnv>, decision: Decision, action: Action): Promise<Response> {
    requireRight(c, action);
    const id = c.req.param('id') ?? '';
    if (!isId(id)) throw new NotFoundError();
    const company = c.get('company');
    const userId = c.get('user').id;
    const result = await db.withTenant(company.id, async (tx) => {
      const decided = await decideRequest(statementsOf(tx, company.id), { id, decision, userId, now: deps.now() });
      if (decided.kind === 'decided') {
        const facts = { request: id, state: decided.state };
        const viewer = { tenantId: company.id, userId };
        await audit(tx, viewer, { action: 'request.decided', entity: 'person', entityId: decided.personId, facts });
      }
      return decided;
    });
    if (result.kind === 'not_found') throw new NotFoundError();
    if (result.kind !== 'decided') return await show(c, { error: lgpdMessages[result.kind], done: null });
    return c.redirect(paths.lgpd(company.slug, { feito: decision }), 303);
  }

  async function readReport(c: Context<CompanyEnv>) {
    requireRight(c, 'request_erasure');
    const company = c.get('company');
    const personId = await personOf(c);
    return await db.withTenant(company.id, async (tx) => {
      const viewer = { tenantId: company.id, userId: c.get('user').id };
      await audit(tx, viewer, { action: 'person.reported', entity: 'person', entityId: personId });
      return { personId, report: await getAccessReport(tx, company.id, personId) };
    });
  }

  return new Hono<CompanyEnv>()
    .get('/lgpd', async (c) => {
      requireRight(c, 'request_erasure');
      return await show(c, { error: null, done: lgpdMessages.done[c.req.query('feito') ?? ''] ?? null });
    })

    .post('/clientes/:id/lgpd', async (c) => {
      requireRight(c, 'request_erasure');
      const company = c.get('company');
      const personId = await personOf(c);
      const form = await c.req.parseBody();
      const kind = requestKinds.find((each) => each === form.tipo) ?? 'erasure';
      const note = typeof form.nota === 'string' ? form.nota.trim().slice(0, maxRequestNote) : '';
      const userId = c.get('user').id;
      await db.withTenant(company.id, async (tx) => {
        const id = await askSubject(statementsOf(tx, company.id), { kind, personId, note, userId, now: deps.now() });
        if (!id) return;
        const viewer = { tenantId: company.id, userId };
        await audit(tx, viewer, {
          action: 'request.created',
          entity: 'person',
          entityId: personId,
          facts: { request: id, kind },
        });
      });
      return c.redirect(paths.lgpd(company.slug, { feito: 'pedido' }), 303);
    })

    .post('/lgpd/pedidos/:id/aprovar', (c) => decide(c, 'approve', 'approve_erasure'))
    .post('/lgpd/pedidos/:id/recusar', (c) => decide(c, 'refuse', 'approve_erasure'))
    .post('/lgpd/pedidos/:id/concluir', (c) => decide(c, 'close', 'request_erasure'))

    .post('/lgpd/retencao', async (c) => {
      requireRight(c, 'approve_erasure');
      const company = c.get('company');
      const form = await c.req.parseBody();
      const read = (name: string, { min, max }: { min: number; max: number }) => {
        const text = String(form[name] ?? '').trim();
        const value = Number(text);
        return /^\d+$/.test(text) && value >= min && value <= max ? value : null;
      };
      const months = read('meses', retentionLimits.months);
      const rawDays = read('dias_brutos', retentionLimits.rawDays);
      const logMonths = read('meses_registro', retentionLimits.logMonths);
      if (months === null || rawDays === null || logMonths === null) {
        return await show(c, { error: lgpdMessages.badRetention, done: null });
      }
      const settings = { months, rawDays, logMonths };
      const isOn = form.ligada === 'sim';
      if (form.acao === 'ver') {
        const saved = await db.withTenant(company.id, (tx) => getRetention(statementsOf(tx, company.id)));
        return await show(c, { error: null, done: lgpdMessages.preview, retention: { ...saved, ...settings } });
      }
      await db.withTenant(company.id, async (tx) => {
        await saveRetention(statementsOf(tx, company.id), settings, { isOn, now: deps.now() });
        const viewer = { tenantId: company.id, userId: c.get('user').id };
        await audit(tx, viewer, { action: 'retention.changed', entity: 'company', facts: { ...settings, isOn } });
      });
      return c.redirect(paths.lgpd(company.slug, { feito: 'retencao' }), 303);
    })

    .post('/lgpd/base-legal', async (c) => {
      requireRight(c, 'approve_erasure');
      const company = c.get('company');
      const form = await c.req.parseBody();
      const basis = (Object.keys(legalBases) as (keyof typeof legalBases)[]).find((each) => each === form.base) ?? null;
      const note = String(form.motivos ?? '')
        .replace(/\r\n?/g, '\n')
        .trim()
        .slice(0, maxLegalBasisNote);
      await db.withTenant(company.id, async (tx) => {
        await saveLegalBasis(statementsOf(tx, company.id), { basis, note });
        const viewer = { tenantId: company.id, userId: c.get('user').id };
        await audit(tx, viewer, { action: 'legal_basis.changed', entity: 'company', facts: { basis } });
      });
      return c.redirect(paths.lgpd(company.slug, { feito: 'base' }), 303);
    })

    .get('/clientes/:id/relatorio', async (c) => {
      const { personId, report } = await readReport(c);
      const { id, slug, name } = c.get('company');
      const { basis } = await db.withTenant(id, (tx) => getLegalBasis(statementsOf(tx, id)));
      const content = AccessReportPage({ slug, companyName: name, basis, personId, report, clock: clockOf(c, deps) });
      return await respondWithPage(c, deps, { title: 'Relatório de acesso', section: 'clientes' }, content);
    })

    .get('/clientes/:id/relatorio.json', async (c) => {
      const { personId, report } = await readReport(c);
      c.header('Content-Disposition', `attachment; filename="relatorio-de-acesso-${personId}.json"`);
      c.header('Cache-Control', 'no-store');
      return c.json(report);
    })

    .post('/clientes/:id/separar', async (c) => {
      requireRight(c, 'judge_carts');
      const company = c.get('company');
      const personId = await personOf(c);
      const form = await c.req.parseBody();
      const keys = [String(form.chave ?? ''), String(form.outra ?? '')] as const;
      const now = deps.now();
      await db.withTenant(company.id, async (tx) => {
        const statements = statementsOf(tx, company.id);
        const known = await statements.run<{ key: string }>('get_person_keys', {
          tenant: company.id,
          person: personId,
        });
        const isOwn = keys.every((key) => known.rows.some((row) => row.key === key));
        if (!isOwn || keys[0] === keys[1]) throw new HttpError(422, 'invalid', lgpdMessages.badDivision);
        const userId = c.get('user').id;
        await writeEdge(statements, { kind: 'not_same', keys, note: '', userId, now });
        const viewer = { tenantId: company.id, userId };
        await audit(tx, viewer, { action: 'person.divided', entity: 'person', entityId: personId });
        await recomputeNow(tx, { tenantId: company.id, now }, { keys });
      });
      return c.redirect(paths.customer(company.slug, personId), 303);
    });
}
