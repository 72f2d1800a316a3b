// The Leads screens: the list with its tabs and filters, one lead, and what both push while they are open.
import { Hono } from 'hono';
import type { LeadId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { together } from '#shared/together.ts';
import { LeadLive, LeadPage } from '#web/pages/lead.tsx';
import { type LeadRows, LeadsPage, LeadTable, leadName } from '#web/pages/leads.tsx';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { type ListScreen, listPage, renderList } from '../lists/screen.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { contactKey, findRecordPanel, loadContactStates } from '../queries/contacts.ts';
import { findLead, hasSizes, loadLeadRows } from '../queries/leads.ts';

const parseLeadId = (text: string | undefined): LeadId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as LeadId) : null;

const pageFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
});

/** One lead with what people wrote about it. */
async function loadLead(tx: Tx, company: Company, id: LeadId) {
  const [lead, panel] = await together([findLead(tx, id), findRecordPanel(tx, company.id, { entity: 'lead', id })]);
  return lead && panel && { ...pageFacts(company), lead, panel };
}

export const leadScreen: ListScreen<LeadRows> = {
  list: 'leads',
  async load(tx, { company, ids }) {
    const [rows, contacts, isSized] = await together([
      loadLeadRows(tx, ids),
      loadContactStates(
        tx,
        company.id,
        ids.map((id) => ({ entity: 'lead', id })),
      ),
      hasSizes(tx),
    ]);
    return {
      hasSizes: isSized,
      rows: rows.map((lead) => ({ ...lead, contact: contacts.get(contactKey({ entity: 'lead', id: lead.id }))! })),
    };
  },
  Page: LeadsPage,
  live: (list) => ({ table: LeadTable(list) }),
};

export function leadRoutes(deps: Deps) {
  return new Hono<CompanyEnv>()
    .get('/leads', listPage(deps, leadScreen))

    .get('/leads/:id', async (c) => {
      const company = c.get('company');
      const id = parseLeadId(c.req.param('id'));
      const facts = id && (await loadPage(c, deps, (tx) => loadLead(tx, company, id)));
      if (!facts) throw new NotFoundError();
      const { lead } = facts;
      const live = { page: 'leads', query: { id: lead.id } };
      const content = LeadPage({ ...facts, clock: clockOf(c, deps) });
      return await respondWithPage(c, deps, { title: leadName(lead), section: 'leads', live }, content);
    });
}

/** `?id=` moves one lead's page, `?contagem=` a deeper page of the list, else the first page. An order makes a lead a customer. */
export function leadsView({ db, keep }: Deps): LiveView {
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
        return await renderList(tx, leadScreen, { company, query, now, keep });
      });
    },
  };
}
