// Novo lead: somebody writes a contact down by hand. A contact who is a lead already is said first, with the way to that lead.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { can } from '#shared/roles.ts';
import { apiMessages } from '#web/messages.ts';
import { NewLeadPage, type NewLeadProps } from '#web/pages/new-lead.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { HttpError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import { createLead } from '../queries/manual-leads.ts';
import { listSiteNames } from '../queries/sites.ts';

const text = z.string().max(1000).catch('');
const leadForm = z.object({ nome: text, telefone: text, email: text, tamanho: text, loja: text, forcar: text });
type LeadForm = z.infer<typeof leadForm>;

export function newLeadRoutes(deps: Deps) {
  const { db } = deps;

  async function page(c: Context<CompanyEnv>, form: LeadForm, outcome: Pick<NewLeadProps, 'fault' | 'known'>) {
    const company = c.get('company');
    const sites = await db.withTenant(company.id, listSiteNames);
    const content = NewLeadPage({ slug: company.slug, sites, form, clock: clockOf(c, deps), ...outcome });
    if (outcome.fault) c.status(422);
    if (outcome.known) c.status(409);
    return await respondWithPage(c, deps, { title: 'Novo lead', section: 'leads' }, content);
  }

  function refuseOthers(c: Context<CompanyEnv>) {
    if (!can(c.get('company').role, 'contact')) throw new HttpError(403, 'forbidden', apiMessages.role);
  }

  return new Hono<CompanyEnv>()
    .get('/leads/novo', async (c) => {
      refuseOthers(c);
      return await page(c, leadForm.parse({}), { fault: null, known: null });
    })

    .post('/leads', async (c) => {
      refuseOthers(c);
      const company = c.get('company');
      const form = leadForm.parse(await c.req.parseBody());
      const { nome: name, telefone: phone, email, tamanho: size } = form;
      const saved = await db.withTenant(company.id, async (tx) => {
        const done = await createLead(tx, {
          company,
          typed: { name, phone, email, size, origin: 'manual' },
          site: form.loja || undefined,
          isForced: form.forcar === '1',
          now: deps.now(),
        });
        if (done.kind === 'done') {
          const author = { tenantId: company.id, userId: c.get('user').id };
          await audit(tx, author, {
            action: 'lead.created',
            entity: 'lead',
            entityId: done.id,
            facts: { origin: 'manual' },
          });
        }
        return done;
      });
      switch (saved.kind) {
        case 'done':
          return c.redirect(paths.lead(company.slug, saved.id), 303);
        case 'exists':
          return await page(c, form, { fault: null, known: saved });
        case 'invalid':
          return await page(c, form, { fault: saved, known: null });
      }
    });
}
