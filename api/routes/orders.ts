// The Pedidos screens: the figures and the list with its tabs, one order, and what both push while they are open.
import { Hono } from 'hono';
import type { OrderId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { orderChoices, parseChoices } from '#web/list-choices.ts';
import { OrderLive, OrderPage } from '#web/pages/order.tsx';
import { orderTabNames } from '#web/pages/order-types.ts';
import { OrdersLive, OrdersNews, OrdersPage, orderListQuery } from '#web/pages/orders.tsx';
import { parsePeriod } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findRecordPanel } from '../queries/contacts.ts';
import { loadFigures } from '../queries/figures.ts';
import { countOrders, findOrder, listOrders } from '../queries/orders.ts';
import { findSite, listSiteNames } from '../queries/sites.ts';

type Query = Readonly<Record<string, string | undefined>>;

const parseOrderId = (text: string | undefined): OrderId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as OrderId) : null;

const pageFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
  canExport: can(role, 'export'),
});

/** One order with what people wrote about it. */
async function loadOrder(tx: Tx, company: Company, id: OrderId) {
  const order = await findOrder(tx, id);
  const panel = order && (await findRecordPanel(tx, company.id, { entity: 'order', id }));
  return order && panel && { ...pageFacts(company), order, panel };
}

type ListRequest = { company: Pick<Company, 'timeZone'>; query: Query; now: Date };

/** What a query of the list chooses, and what there is to choose from. */
export async function parseOrderQuery(tx: Tx, { company, query, now }: ListRequest) {
  const sites = await listSiteNames(tx);
  const site = findSite(sites, query.loja);
  const tab = orderTabNames.find((name) => name === query.classe) ?? 'todos';
  const period = parsePeriod(query, { timeZone: company.timeZone, now });
  const choices = parseChoices(orderChoices, query);
  return { tab, sites, filter: { period, site, choices } };
}

/** The list that a query asks for: choice, figures, counts and rows. */
async function loadList(tx: Tx, { company, query, now }: ListRequest & { company: Company }) {
  const { tab, sites, filter } = await parseOrderQuery(tx, { company, query, now });
  const { period, site, choices } = filter;
  return {
    ...pageFacts(company),
    clock: { now, timeZone: company.timeZone },
    tab,
    period,
    choices,
    site: site?.slug ?? null,
    sites,
    counts: await countOrders(tx, filter),
    figures: await loadFigures(tx, { tenantId: company.id, period, now }),
    ...(await listOrders(tx, { tab, filter, paging: parsePaging(query) })),
  };
}

export function orderRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/pedidos', async (c) => {
      const company = c.get('company');
      const query = c.req.query();
      const list = await db.withTenant(company.id, (tx) => loadList(tx, { company, query, now: deps.now() }));
      const { apos, antes } = query;
      const deeper = {
        ...(apos ? { apos } : {}),
        ...(antes ? { antes } : {}),
        contagem: String(list.counts[list.tab]),
      };
      const live = { page: 'pedidos', query: { ...orderListQuery(list), ...(list.before === null ? {} : deeper) } };
      return await respondWithPage(c, deps, { title: 'Pedidos', section: 'pedidos', live }, OrdersPage(list));
    })

    .get('/pedidos/:id', async (c) => {
      const company = c.get('company');
      const id = parseOrderId(c.req.param('id'));
      const facts = id && (await db.withTenant(company.id, (tx) => loadOrder(tx, company, id)));
      if (!facts) throw new NotFoundError();
      const { order } = facts;
      const live = { page: 'pedidos', query: { id: order.id } };
      const content = OrderPage({ ...facts, clock: clockOf(c, deps) });
      const title = `Pedido ${order.orderNumber}`;
      return await respondWithPage(c, deps, { title, section: 'pedidos', live }, content);
    });
}

/** `?id=` moves one order's page, `?contagem=` a deeper page of the list, else the first page. */
export function ordersView({ db }: Deps): LiveView {
  return {
    page: 'pedidos',
    kinds: ['order', 'cart'],
    async render({ company, query, now }) {
      return await db.withTenant(company.id, async (tx) => {
        const id = parseOrderId(query.id);
        if (id) {
          const facts = await loadOrder(tx, company, id);
          const clock = { now, timeZone: company.timeZone };
          return facts ? String(OrderLive({ ...facts, clock })) : '';
        }
        const list = await loadList(tx, { company, query, now });
        if (query.contagem === undefined) return String(OrdersLive(list));
        return String(OrdersNews({ ...list, newCount: list.counts[list.tab] - Number(query.contagem) }));
      });
    },
  };
}
