// Administração: the companies of the installation, for superadmins; for everybody else these pages do not exist. Every act stands in the log of the
// company that it is about, also the visit with its reason, so that the company can read who looked.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { normalizeEmail } from '#shared/email.ts';
import type { TenantId } from '#shared/ids.ts';
import { isRole } from '#shared/roles.ts';
import { slugOf } from '#shared/slug.ts';
import { isTimeZone } from '#shared/time-zone.ts';
import { companyMessages, userMessages } from '#web/messages.ts';
import { OuterPage } from '#web/outer.tsx';
import { AdminCompaniesPage, AdminCompanyPage } from '#web/pages/admin-companies.tsx';
import type { NewLink } from '#web/pages/users.tsx';
import { paths } from '#web/paths.ts';
import { type AuditEntry, audit } from '../audit.ts';
import { createTenant } from '../auth/first-owner.ts';
import type { Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { requireUser, type SignedEnv } from '../middleware/signed-in.ts';
import { type CompanyFacts, findCompany, listHealth } from '../queries/installation.ts';
import { requestSync } from '../queries/sync.ts';
import { createInvitation, listMembers, notifySessions } from '../queries/users.ts';

const visitMinutes = 60;
/** These pages belong to no company; Brasília's time is what people here read. */
const installationTimeZone = 'America/Sao_Paulo';

const form = z.object({
  nome: z.string().trim().max(100).catch(''),
  fuso: z.string().trim().max(60).catch(''),
  motivo: z.string().trim().max(500).catch(''),
  email: z.string().max(320).catch(''),
  papel: z.string().max(20).catch(''),
});

export function adminRoutes(deps: Deps) {
  const { db, assets, publicUrl, now } = deps;

  async function board(c: Context<SignedEnv>, { name = '', error = null as string | null } = {}) {
    const user = c.get('user');
    const content = AdminCompaniesPage({
      companies: await listHealth(db, user.id),
      form: { name },
      error,
      clock: { now: now(), timeZone: installationTimeZone },
    });
    return c.html(OuterPage({ title: 'Empresas', assets, user, children: content }), error ? 422 : 200);
  }

  async function show(
    c: Context<SignedEnv>,
    company: CompanyFacts,
    { newLink = null as NewLink | null, error = null as string | null } = {},
  ) {
    const members = await db.withTenant(company.id, (tx) => listMembers(tx));
    const content = AdminCompanyPage({ company, members, newLink, error });
    return c.html(
      OuterPage({ title: company.name, assets, user: c.get('user'), children: content }),
      error ? 422 : 200,
    );
  }

  async function companyOf(c: Context<SignedEnv>): Promise<CompanyFacts> {
    const company = await findCompany(db, c.req.param('id') ?? '');
    if (!company) throw new NotFoundError();
    return company;
  }

  const readForm = async (c: Context<SignedEnv>) => form.parse(await c.req.parseBody());

  /** One act on a company and its line in the log. */
  async function act<T>(
    c: Context<SignedEnv>,
    tenantId: TenantId,
    entry: AuditEntry,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    return await db.withTenant(tenantId, async (tx) => {
      const result = await work(tx);
      await audit(tx, { tenantId, userId: c.get('user').id }, { entity: 'tenant', entityId: tenantId, ...entry });
      return result;
    });
  }

  /** The daemon rereads the company's settings at once. */
  const notifySettings = (tx: Tx, id: TenantId) =>
    tx`select pg_notify('carrinho_settings', ${JSON.stringify({ tenant: id })})`;

  return new Hono<SignedEnv>()
    .use('/admin/*', requireUser(deps, { superadminOnly: true }))
    .get('/admin/empresas', (c) => board(c))

    .post('/admin/empresas', async (c) => {
      const { nome } = await readForm(c);
      const slug = slugOf(nome);
      if (!slug) return await board(c, { name: nome, error: companyMessages.nameMissing });
      const { id } = await db.sql.begin((tx) => createTenant(tx, { company: nome, slug }));
      await act(c, id, { action: 'company.created' }, async () => {});
      return c.redirect(paths.adminCompany(id), 303);
    })

    .get('/admin/empresas/:id', async (c) => await show(c, await companyOf(c)))

    .post('/admin/empresas/:id', async (c) => {
      const company = await companyOf(c);
      const { nome, fuso } = await readForm(c);
      if (!nome) return await show(c, company, { error: companyMessages.nameMissing });
      if (!isTimeZone(fuso)) return await show(c, company, { error: companyMessages.badTimeZone });
      await act(c, company.id, { action: 'company.edited' }, async (tx) => {
        await tx`update tenants set name = ${nome}, time_zone = ${fuso} where id = ${company.id}`;
        await notifySettings(tx, company.id);
      });
      return c.redirect(paths.adminCompany(company.id), 303);
    })

    .post('/admin/empresas/:id/suspender', async (c) => {
      const { id } = await companyOf(c);
      await act(c, id, { action: 'company.suspended' }, async (tx) => {
        await tx`update tenants set suspended_at = coalesce(suspended_at, now()) where id = ${id}`;
        await notifySettings(tx, id);
      });
      return c.redirect(paths.adminCompany(id), 303);
    })

    .post('/admin/empresas/:id/reativar', async (c) => {
      const { id } = await companyOf(c);
      await act(c, id, { action: 'company.resumed' }, async (tx) => {
        await tx`update tenants set suspended_at = null where id = ${id}`;
        await notifySettings(tx, id);
      });
      return c.redirect(paths.adminCompany(id), 303);
    })

    .post('/admin/empresas/:id/convites', async (c) => {
      const company = await companyOf(c);
      const { email: typed, papel: role } = await readForm(c);
      const email = normalizeEmail(typed);
      if (!email || !isRole(role)) return await show(c, company, { error: userMessages.badInvitation });
      const members = await db.withTenant(company.id, (tx) => listMembers(tx));
      if (members.some((member) => member.email === email)) {
        return await show(c, company, { error: userMessages.isMember });
      }
      const userId = c.get('user').id;
      const { token } = await act(c, company.id, { action: 'user.invited', facts: { role } }, (tx) =>
        createInvitation(tx, { tenantId: company.id, userId, email, role }),
      );
      const url = `${publicUrl}${paths.invitation(token)}`;
      return await show(c, company, { newLink: { email, role, url, companyName: company.name } });
    })

    .post('/admin/empresas/:id/entrar', async (c) => {
      const company = await companyOf(c);
      const { motivo } = await readForm(c);
      if (motivo.length < 5) return await show(c, company, { error: companyMessages.badReason });
      const user = c.get('user');
      await act(c, company.id, { action: 'company.visited', facts: { reason: motivo } }, async (tx) => {
        await tx`
          insert into company_visits (tenant_id, user_id, session_hash, reason, ends_at)
          values (${company.id}, ${user.id}, ${user.sessionHash}, ${motivo}, now() + make_interval(mins => ${visitMinutes}))`;
      });
      return c.redirect(paths.dashboard(company.slug), 303);
    })

    .post('/admin/visitas/encerrar', async (c) => {
      const { id: userId, sessionHash } = c.get('user');
      const open = await db.withUser(
        userId,
        (tx) => tx<{ tenantId: TenantId }[]>`
          select distinct tenant_id from company_visits where user_id = ${userId} and session_hash = ${sessionHash} and ends_at > now()`,
      );
      for (const { tenantId } of open) {
        await act(c, tenantId, { action: 'company.visit_ended' }, async (tx) => {
          await tx`update company_visits set ends_at = now() where session_hash = ${sessionHash} and ends_at > now()`;
          await notifySessions(tx, userId);
        });
      }
      return c.redirect(paths.adminCompanies, 303);
    })

    .post('/admin/lojas/:id/sincronizar', async (c) => {
      const siteId = c.req.param('id');
      const user = c.get('user');
      const company = (await listHealth(db, user.id)).find(({ sites }) => sites.some(({ id }) => id === siteId));
      if (!company) throw new NotFoundError();
      if (company.isSuspended) {
        throw new HttpError(409, 'suspended', 'A empresa está suspensa: a sincronização está desligada.');
      }
      const entry = { action: 'sync.requested', entity: 'site', entityId: siteId } as const;
      await act(c, company.id as TenantId, entry, (tx) => requestSync(tx, { siteId, userId: user.id }));
      return c.redirect(paths.adminCompanies, 303);
    });
}
