// The Carrinhos screens: the list with its tabs, one cart, and what both push while they are open.
import { Hono } from 'hono';
import type { CartId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { CartLive, CartPage } from '#web/pages/cart.tsx';
import { type CartTab, cartTabs } from '#web/pages/cart-types.ts';
import { CartsLive, CartsNews, CartsPage, cartListQuery, personName } from '#web/pages/carts.tsx';
import { parsePeriod } from '#web/period.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { countCarts, findCart, listCarts } from '../queries/carts.ts';

type Query = Readonly<Record<string, string | undefined>>;

const parseTab = (text: string | undefined): CartTab => cartTabs.find((tab) => tab === text) ?? 'abandonados';
/** Our ids are bigint; anything else names nothing. */
const parseCartId = (text: string | undefined): CartId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as CartId) : null;

function parseListQuery(query: Query, { company, now }: { company: Company; now: Date }) {
  return {
    tab: parseTab(query.situacao),
    period: parsePeriod(query, { timeZone: company.timeZone, now }),
    paging: parsePaging(query),
  };
}

/** What every cart page needs to know about the company it is shown to. */
const pageFacts = ({ slug, windowAfterMinutes, role }: Company) => ({
  slug,
  windowAfterMinutes,
  isMasked: !can(role, 'see_contact_data'),
});

export function cartRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/carrinhos', async (c) => {
      const company = c.get('company');
      const { tab, period, paging } = parseListQuery(c.req.query(), { company, now: deps.now() });
      const { counts, page } = await db.withTenant(company.id, async (tx) => ({
        counts: await countCarts(tx, period),
        page: await listCarts(tx, { tab, period, paging }),
      }));
      const { apos, antes } = c.req.query();
      const isFirstPage = page.before === null;
      const live = {
        page: 'carrinhos',
        query: {
          ...cartListQuery({ tab, period }),
          ...(isFirstPage
            ? {}
            : { ...(apos ? { apos } : {}), ...(antes ? { antes } : {}), contagem: String(counts[tab]) }),
        },
      };
      const clock = clockOf(c, deps);
      const content = CartsPage({ ...pageFacts(company), tab, period, counts, clock, ...page });
      return await respondWithPage(c, deps, { title: 'Carrinhos', section: 'carrinhos', live }, content);
    })

    .get('/carrinhos/:id', async (c) => {
      const company = c.get('company');
      const id = parseCartId(c.req.param('id'));
      const cart = id && (await db.withTenant(company.id, (tx) => findCart(tx, id)));
      if (!cart) throw new NotFoundError();
      const live = { page: 'carrinhos', query: { id: cart.id } };
      const content = CartPage({ ...pageFacts(company), cart, clock: clockOf(c, deps) });
      return await respondWithPage(c, deps, { title: personName(cart), section: 'carrinhos', live }, content);
    });
}

/** `?id=` moves one cart's page, `?contagem=` a deeper page of the list, else the first page. */
export function cartsView({ db }: Deps): LiveView {
  return {
    page: 'carrinhos',
    kinds: ['cart', 'order'],
    async render({ company, query, now }) {
      const clock = { now, timeZone: company.timeZone };
      return await db.withTenant(company.id, async (tx) => {
        const id = parseCartId(query.id);
        if (id) {
          const cart = await findCart(tx, id);
          return cart ? String(CartLive({ ...pageFacts(company), cart, clock })) : '';
        }
        const { tab, period, paging } = parseListQuery(query, { company, now });
        const counts = await countCarts(tx, period);
        if (query.contagem !== undefined) {
          const newCount = counts[tab] - Number(query.contagem);
          return String(CartsNews({ slug: company.slug, tab, period, counts, newCount }));
        }
        const page = await listCarts(tx, { tab, period, paging });
        return String(CartsLive({ ...pageFacts(company), tab, period, counts, clock, ...page }));
      });
    },
  };
}
