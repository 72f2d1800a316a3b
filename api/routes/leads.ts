// The Leads screens: the list with its tabs and filters, one lead, and what both push while they are open.
import { Hono } from 'hono';
import type { LeadId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { LeadLive, LeadPage } from '#web/pages/lead.tsx';
import { leadPhoneFilters, leadTabNames } from '#web/pages/lead-types.ts';
import { formKey, LeadsLive, LeadsNews, LeadsPage, leadListQuery, leadName } from '#web/pages/leads.tsx';
import { parsePeriod } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { contactKey, findRecordPanel, loadContactStates } from '../queries/contacts.ts';
import { countLeads, findLead, hasSizes, listLeadForms, listLeads } from '../queries/leads.ts';
import { findSite, listSiteNames } from '../queries/sites.ts';

type Query = Readonly<Record<string, string | undefined>>;

const parseLeadId = (text: string | undefined): LeadId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as LeadId) : null;

const pageFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
  canExport: can(role, 'export'),
});

/** One lead with what people wrote about it. */
async function loadLead(tx: Tx, company: Company, id: LeadId) {
  const lead = await findLead(tx, id);
  const panel = lead && (await findRecordPanel(tx, company.id, { entity: 'lead', id }));
  return lead && panel && { ...pageFacts(company), lead, panel };
}

type ListRequest = { company: Pick<Company, 'timeZone'>; query: Query; now: Date };

/** What a query of the list chooses, and what there is to choose from. */
export async function parseLeadQuery(tx: Tx, { company, query, now }: ListRequest) {
  const sites = await listSiteNames(tx);
  const site = findSite(sites, query.loja);
  const tab = leadTabNames.find((name) => name === query.cliente) ?? 'todos';
  const period = parsePeriod(query, { timeZone: company.timeZone, now });
  const phone = leadPhoneFilters.find((name) => name === query.telefone) ?? null;
  const forms = await listLeadForms(tx);
  const form = forms.find((known) => formKey(known) === query.formulario) ?? null;
  return { tab, sites, forms, filter: { period, site, phone, form } };
}

/** The list that a query asks for: choice, counts and rows. */
async function loadList(tx: Tx, { company, query, now }: ListRequest & { company: Company }) {
  const { tab, sites, forms, filter } = await parseLeadQuery(tx, { company, query, now });
  const { period, site, phone, form } = filter;
  const { rows, ...links } = await listLeads(tx, { tab, filter, paging: parsePaging(query) });
  const records = rows.map(({ id }) => ({ entity: 'lead' as const, id }));
  const contacts = await loadContactStates(tx, company.id, records);
  return {
    ...pageFacts(company),
    clock: { now, timeZone: company.timeZone },
    tab,
    period,
    phone,
    form,
    forms,
    site: site?.slug ?? null,
    sites,
    counts: await countLeads(tx, filter),
    hasSizes: await hasSizes(tx),
    rows: rows.map((lead) => ({ ...lead, contact: contacts.get(contactKey({ entity: 'lead', id: lead.id }))! })),
    ...links,
  };
}

export function leadRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/leads', async (c) => {
      const company = c.get('company');
      const query = c.req.query();
      const list = await db.withTenant(company.id, (tx) => loadList(tx, { company, query, now: deps.now() }));
      const { apos, antes } = query;
      const deeper = {
        ...(apos ? { apos } : {}),
        ...(antes ? { antes } : {}),
        contagem: String(list.counts[list.tab]),
      };
      const live = { page: 'leads', query: { ...leadListQuery(list), ...(list.before === null ? {} : deeper) } };
      return await respondWithPage(c, deps, { title: 'Leads', section: 'leads', live }, LeadsPage(list));
    })

    .get('/leads/:id', async (c) => {
      const company = c.get('company');
      const id = parseLeadId(c.req.param('id'));
      const facts = id && (await db.withTenant(company.id, (tx) => loadLead(tx, company, id)));
      if (!facts) throw new NotFoundError();
      const { lead } = facts;
      const live = { page: 'leads', query: { id: lead.id } };
      const content = LeadPage({ ...facts, clock: clockOf(c, deps) });
      return await respondWithPage(c, deps, { title: leadName(lead), section: 'leads', live }, content);
    });
}

/** `?id=` moves one lead's page, `?contagem=` a deeper page of the list, else the first page. An order makes a lead a customer. */
export function leadsView({ db }: Deps): LiveView {
  return {
    page: 'leads',
    kinds: ['lead', 'order'],
    async render({ company, query, now }) {
      return await db.withTenant(company.id, async (tx) => {
        const id = parseLeadId(query.id);
        if (id) {
          const facts = await loadLead(tx, company, id);
          const clock = { now, timeZone: company.timeZone };
          return facts ? String(LeadLive({ ...facts, clock })) : '';
        }
        const list = await loadList(tx, { company, query, now });
        if (query.contagem === undefined) return String(LeadsLive(list));
        return String(LeadsNews({ ...list, newCount: list.counts[list.tab] - Number(query.contagem) }));
      });
    },
  };
}
