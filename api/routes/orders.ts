// The Pedidos screens: the figures and the list with its tabs, one order, and what both push while they are open.
import { Hono } from 'hono';
import type { OrderId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { together } from '#shared/together.ts';
import { OrderLive, OrderPage } from '#web/pages/order.tsx';
import { OrderFiguresLive, type OrderRows, OrdersPage, OrderTable } from '#web/pages/orders.tsx';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { type ListScreen, listPage, renderList } from '../lists/screen.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findRecordPanel } from '../queries/contacts.ts';
import { loadKeptFigures } from '../queries/figures.ts';
import { findOrder, loadOrderRows } from '../queries/orders.ts';

const parseOrderId = (text: string | undefined): OrderId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as OrderId) : null;

const pageFacts = ({ slug, role }: Company) => ({
  slug,
  isMasked: !can(role, 'see_contact_data'),
  canContact: can(role, 'contact'),
});

/** One order with what people wrote about it. */
async function loadOrder(tx: Tx, company: Company, id: OrderId) {
  const [order, panel] = await together([findOrder(tx, id), findRecordPanel(tx, company.id, { entity: 'order', id })]);
  return order && panel && { ...pageFacts(company), order, panel };
}

export const orderScreen: ListScreen<OrderRows> = {
  list: 'pedidos',
  async load(tx, { company, view, ids, keep, restMs }) {
    const { period } = view.choice;
    const [rows, figures] = await together([
      loadOrderRows(tx, ids, period),
      loadKeptFigures(keep, tx, { tenantId: company.id, period, now: view.clock.now, restMs }),
    ]);
    return { rows, figures };
  },
  Page: OrdersPage,
  live: (list) => ({ table: OrderTable(list), above: OrderFiguresLive(list) }),
};

export function orderRoutes(deps: Deps) {
  return new Hono<CompanyEnv>()
    .get('/pedidos', listPage(deps, orderScreen))

    .get('/pedidos/:id', async (c) => {
      const company = c.get('company');
      const id = parseOrderId(c.req.param('id'));
      const facts = id && (await loadPage(c, deps, (tx) => loadOrder(tx, company, id)));
      if (!facts) throw new NotFoundError();
      const { order } = facts;
      const live = { page: 'pedidos', query: { id: order.id } };
      const content = OrderPage({ ...facts, clock: clockOf(c, deps) });
      const title = `Pedido ${order.orderNumber}`;
      return await respondWithPage(c, deps, { title, section: 'pedidos', live }, content);
    });
}

/** `?id=` moves one order's page, `?contagem=` a deeper page of the list, else the first page. */
export function ordersView({ db, keep }: Deps): LiveView {
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
        return await renderList(tx, orderScreen, { company, query, now, keep });
      });
    },
  };
}
