// The Clientes screens: the list with its tabs and filters, one person, and what both push while they are open.
import { Hono } from 'hono';
import type { PersonId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { CustomerLive, CustomerPage } from '#web/pages/customer.tsx';
import { customerTabNames, lastPurchases } from '#web/pages/customer-types.ts';
import {
  CustomersLive,
  CustomersPage,
  customerListQuery,
  customerName,
  type PurchaseFilter,
} from '#web/pages/customers.tsx';
import { paths } from '#web/paths.ts';
import { parsePeriod } from '#web/period.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findPersonContact } from '../queries/contacts.ts';
import { countCustomers, findCustomer, listCustomers } from '../queries/customers.ts';

type Query = Readonly<Record<string, string | undefined>>;

const parsePersonId = (text: string | undefined): PersonId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as PersonId) : null;

const personFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
});

const pageFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canExport: can(role, 'export'),
});

function purchaseOf(query: Query): PurchaseFilter | null {
  if (query.recorrentes === '1') return 'recorrentes';
  return query.com_pedido === '1' ? 'com_pedido' : null;
}

/** What a query of the list chooses. */
export function parseCustomerQuery(query: Query, { company, now }: { company: Pick<Company, 'timeZone'>; now: Date }) {
  const tab = customerTabNames.find((name) => name === query.situacao) ?? 'todos';
  const period = parsePeriod(query, { timeZone: company.timeZone, now });
  const purchase = purchaseOf(query);
  const lastPurchase = lastPurchases.find((name) => name === query.ultima_compra) ?? null;
  return { tab, filter: { period, purchase, lastPurchase, now } };
}

/** The list that a query asks for: choice, counts and rows. */
async function loadList(tx: Tx, { company, query, now }: { company: Company; query: Query; now: Date }) {
  const { tab, filter } = parseCustomerQuery(query, { company, now });
  const { period, purchase, lastPurchase } = filter;
  return {
    ...pageFacts(company),
    clock: { now, timeZone: company.timeZone },
    currency: company.currency,
    tab,
    period,
    purchase,
    lastPurchase,
    counts: await countCustomers(tx, filter),
    ...(await listCustomers(tx, { tab, filter, paging: parsePaging(query) })),
  };
}

export function customerRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/clientes', async (c) => {
      const company = c.get('company');
      const query = c.req.query();
      const list = await db.withTenant(company.id, (tx) => loadList(tx, { company, query, now: deps.now() }));
      const isFirstPage = list.before === null;
      const live = { page: 'clientes', query: { ...customerListQuery(list), ...(isFirstPage ? {} : { fixo: '1' }) } };
      return await respondWithPage(c, deps, { title: 'Clientes', section: 'clientes', live }, CustomersPage(list));
    })

    .get('/clientes/:id', async (c) => {
      const company = c.get('company');
      const personId = parsePersonId(c.req.param('id'));
      const customer =
        personId &&
        (await db.withTenant(company.id, async (tx) => {
          const found = await findCustomer(tx, { tenantId: company.id, personId });
          const viewer = { tenantId: company.id, userId: c.get('user').id };
          if (found) await audit(tx, viewer, { action: 'person.viewed', entity: 'person', entityId: found.personId });
          return found && { ...found, contact: await findPersonContact(tx, company.id, found.personId) };
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
      return await respondWithPage(c, deps, { title: customerName(customer), section: 'clientes', live }, content);
    });
}

/** `?id=` moves one person's page, `?fixo=1` only the counts of a deeper page of the list, else the first page. */
export function customersView({ db }: Deps): LiveView {
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
          const contact = await findPersonContact(tx, company.id, customer.personId);
          return String(CustomerLive({ ...personFacts(company), customer, contact, clock }));
        }
        const list = await loadList(tx, { company, query, now });
        return String(CustomersLive({ ...list, isFirstPage: query.fixo === undefined }));
      });
    },
  };
}
