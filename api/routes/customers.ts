// The Clientes screens: the list with its tabs and filters, one person, and what both push while they are open.
import { Hono } from 'hono';
import type { PersonId } from '#shared/ids.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import { can } from '#shared/roles.ts';
import { mostReveals, revealMessages, revealReasons } from '#web/messages.ts';
import { CustomerLive, CustomerPage, titleOf } from '#web/pages/customer.tsx';
import { type CustomerRows, CustomersPage, CustomerTable } from '#web/pages/customers.tsx';
import { DuplicatesLink, DuplicatesPage } from '#web/pages/duplicates.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { type ListScreen, listPage, renderList } from '../lists/screen.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { countReveals } from '../queries/audit-log.ts';
import { findPersonPanel } from '../queries/contacts.ts';
import { findCustomer, listDuplicates, loadCustomerRows } from '../queries/customers.ts';

const parsePersonId = (text: string | undefined): PersonId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as PersonId) : null;

const personFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
  canAnswerRequests: can(role, 'request_erasure'),
  canDivide: can(role, 'judge_carts'),
});

export const customerScreen: ListScreen<CustomerRows> = {
  list: 'clientes',
  load: async (tx, { company, ids }) => ({ rows: await loadCustomerRows(tx, ids), currency: company.currency }),
  Page: CustomersPage,
  live: (list) => ({ table: CustomerTable(list) }),
};

export function customerRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/clientes', listPage(deps, customerScreen))

    .get('/clientes/duplicados', async (c) => {
      const company = c.get('company');
      const duplicates = await db.withTenant(company.id, (tx) => listDuplicates(tx, company.id));
      if (c.req.query('contagem')) return c.html(DuplicatesLink({ slug: company.slug, count: duplicates.length }));
      const content = DuplicatesPage({ ...personFacts(company), duplicates });
      return await respondWithPage(c, deps, { title: 'Possíveis duplicados', section: 'clientes' }, content);
    })

    .get('/clientes/:id', async (c) => {
      const company = c.get('company');
      const personId = parsePersonId(c.req.param('id'));
      const customer =
        personId &&
        (await loadPage(c, deps, async (tx) => {
          const found = await findCustomer(tx, { tenantId: company.id, personId });
          const viewer = { tenantId: company.id, userId: c.get('user').id };
          if (found) await audit(tx, viewer, { action: 'person.viewed', entity: 'person', entityId: found.personId });
          return found && { ...found, contact: await findPersonPanel(tx, company.id, found.personId) };
        }));
      if (!customer) throw new NotFoundError();
      // Somebody who is one person with another since the link was made.
      if (customer.personId !== personId) return c.redirect(paths.customer(company.slug, customer.personId), 302);
      const live = { page: 'clientes', query: { id: personId } };
      const content = CustomerPage({
        ...personFacts(company),
        customer,
        contact: customer.contact,
        clock: clockOf(c, deps),
      });
      return await respondWithPage(c, deps, { title: titleOf(customer), section: 'clientes', live }, content);
    })

    .post('/clientes/:id/revelar', async (c) => {
      const company = c.get('company');
      const personId = parsePersonId(c.req.param('id'));
      const form = await c.req.parseBody();
      const reason = String(form.motivo ?? '');
      const place = Number(form.contato);
      const seesContacts = can(company.role, 'see_contact_data');
      const now = deps.now();
      const found =
        personId &&
        (await db.withTenant(company.id, async (tx) => {
          const customer = await findCustomer(tx, { tenantId: company.id, personId });
          const key = customer?.keys[place]?.key;
          if (!customer || !key || isErasedKey(key) || seesContacts) return customer;
          if (!Object.hasOwn(revealReasons, reason)) throw new HttpError(422, 'reason', revealMessages.reasonMissing);
          const userId = c.get('user').id;
          if ((await countReveals(tx, { userId, timeZone: company.timeZone, now })) >= mostReveals) {
            throw new HttpError(429, 'too_many_reveals', revealMessages.tooMany);
          }
          const facts = { kind: key.startsWith('e:') ? 'email' : 'phone', reason };
          const { personId: entityId } = customer;
          await audit(
            tx,
            { tenantId: company.id, userId },
            { action: 'contact.revealed', entity: 'person', entityId, facts },
          );
          return customer;
        }));
      if (!found) throw new NotFoundError();
      if (seesContacts) return c.redirect(paths.customer(company.slug, found.personId), 303);
      const view = { ...personFacts(company), customer: found, contact: null, clock: clockOf(c, deps) };
      const content = CustomerPage({ ...view, revealed: place });
      return await respondWithPage(c, deps, { title: titleOf(found), section: 'clientes' }, content);
    });
}

/** `?id=` moves one person's page, `?contagem=` a deeper page of the list, else the first page. */
export function customersView({ db, keep }: Deps): LiveView {
  return {
    page: 'clientes',
    kinds: ['order', 'cart', 'lead'],
    async render({ company, query, now }) {
      return await db.withTenant(company.id, async (tx) => {
        const personId = parsePersonId(query.id);
        if (personId) {
          const customer = await findCustomer(tx, { tenantId: company.id, personId });
          const clock = { now, timeZone: company.timeZone };
          if (!customer) return '';
          const contact = await findPersonPanel(tx, company.id, customer.personId);
          return String(CustomerLive({ ...personFacts(company), customer, contact, clock }));
        }
        return await renderList(tx, customerScreen, { company, query, now, keep });
      });
    },
  };
}
