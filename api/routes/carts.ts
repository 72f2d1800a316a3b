// The Carrinhos screens: the list with its tabs, one cart, and what both push while they are open.
import { Hono } from 'hono';
import { type CartStatus, cartStatusLabels } from '#shared/cart-words.ts';
import type { ContactBlock } from '#shared/contacts/contact.ts';
import type { CartId } from '#shared/ids.ts';
import { cartLink } from '#shared/message-template.ts';
import { findOrderByNumber, type Judgement, judgeCart } from '#shared/recovery.ts';
import { can } from '#shared/roles.ts';
import { together } from '#shared/together.ts';
import { CartDrawer, CartWhy } from '#web/components/cart-why.tsx';
import { CartLive, CartPage } from '#web/pages/cart.tsx';
import { type CartRows, CartsPage, CartTable, personName } from '#web/pages/carts.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import { runQuery, type Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { type ListScreen, listPage, renderList } from '../lists/screen.ts';
import { clockOf, loadPage, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findCart, loadCartRows } from '../queries/carts.ts';
import { contactKey, findRecordPanel, loadContactStates } from '../queries/contacts.ts';
import { listMessageFacts } from '../queries/messages.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

/** Our ids are bigint; anything else names nothing. */
const parseCartId = (text: string | undefined): CartId | null =>
  text && /^\d{1,18}$/.test(text) ? (text as CartId) : null;

/** What every cart page needs to know about the company it is shown to. */
const pageFacts = ({ slug, windowAfterMinutes, role }: Company) => ({
  slug,
  windowAfterMinutes,
  isMasked: !can(role, 'see_contact_data'),
  canJudge: can(role, 'judge_carts'),
  canContact: can(role, 'contact'),
});

export const cartScreen: ListScreen<CartRows> = {
  list: 'carrinhos',
  async load(tx, { company, ids }) {
    const [rows, contacts] = await together([
      loadCartRows(tx, ids),
      loadContactStates(
        tx,
        company.id,
        ids.map((id) => ({ entity: 'cart', id })),
      ),
    ]);
    return {
      windowAfterMinutes: company.windowAfterMinutes,
      rows: rows.map((cart) => ({ ...cart, contact: contacts.get(contactKey({ entity: 'cart', id: cart.id }))! })),
    };
  },
  Page: CartsPage,
  live: (list) => ({ table: CartTable(list) }),
};

/** One cart with what people wrote about it. */
async function loadCart(tx: Tx, company: Company, id: CartId) {
  const record = { entity: 'cart' as const, id };
  const [cart, panel, [facts]] = await together([
    findCart(tx, { tenantId: company.id, id }),
    findRecordPanel(tx, company.id, record),
    listMessageFacts(tx, company.id, [record]),
  ]);
  return (
    cart && panel && { ...pageFacts(company), cart, panel, hasLink: facts !== undefined && cartLink(facts) !== null }
  );
}

export function cartRoutes(deps: Deps) {
  const { db } = deps;
  return (
    new Hono<CompanyEnv>()
      .get('/carrinhos', listPage(deps, cartScreen))

      .get('/carrinhos/:id', async (c) => {
        const company = c.get('company');
        const id = parseCartId(c.req.param('id'));
        const facts = id && (await loadPage(c, deps, (tx) => loadCart(tx, company, id)));
        if (!facts) throw new NotFoundError();
        const { cart } = facts;
        const live = { page: 'carrinhos', query: { id: cart.id } };
        const content = CartPage({ ...facts, clock: clockOf(c, deps) });
        return await respondWithPage(c, deps, { title: personName(cart), section: 'carrinhos', live }, content);
      })

      .get('/carrinhos/:id/porque', async (c) => {
        const company = c.get('company');
        const id = parseCartId(c.req.param('id'));
        const cart = id && (await db.withTenant(company.id, (tx) => findCart(tx, { tenantId: company.id, id })));
        if (!cart) throw new NotFoundError();
        if (!c.req.header('HX-Request')) return c.redirect(paths.cart(company.slug, cart.id), 303);
        const { recovery } = cart;
        return c.html(CartDrawer({ ...pageFacts(company), recovery, name: personName(cart), clock: clockOf(c, deps) }));
      })

      // Asked for by whoever copies it, and in no page: the link gives the cart and the person's data back to whoever opens it.
      .post('/carrinhos/:id/link', async (c) => {
        const company = c.get('company');
        const id = parseCartId(c.req.param('id'));
        if (!can(company.role, 'contact'))
          throw new HttpError(403, 'forbidden', 'Seu papel não permite contatar pessoas.');
        const link = await db.withTenant(company.id, async (tx) => {
          const record = { entity: 'cart' as const, id: id ?? '' };
          const [facts] = id ? await listMessageFacts(tx, company.id, [record]) : [];
          if (!facts) throw new NotFoundError();
          const about = { tenant: company.id, ...record, channel: 'other' };
          const [block] = await runQuery<ContactBlock>(tx, 'find_contact_block', about);
          if (block?.isBlocking) throw new HttpError(409, 'opted_out', 'Esta pessoa pediu para não receber mensagens.');
          const found = cartLink(facts);
          if (!found) throw new HttpError(409, 'no_link', 'A loja não tem como restaurar este carrinho por um link.');
          const viewer = { tenantId: company.id, userId: c.get('user').id };
          await audit(tx, viewer, { action: 'cart.link_copied', entity: 'cart', entityId: record.id });
          return found;
        });
        c.header('Cache-Control', 'no-store');
        return c.text(link);
      })

      .post('/carrinhos/:id/ajuste', async (c) => {
        const company = c.get('company');
        const id = parseCartId(c.req.param('id'));
        const form = await c.req.parseBody();
        if (!can(company.role, 'judge_carts'))
          throw new HttpError(403, 'forbidden', 'Seu papel não permite ajustar carrinhos.');
        const clock = clockOf(c, deps);
        const done = await db.withTenant(company.id, async (tx) => {
          const cart = id && (await findCart(tx, { tenantId: company.id, id }));
          if (!cart) throw new NotFoundError();
          const judgement = await parseJudgement(tx, form, { company, cartId: cart.id });
          if (judgement === 'no_order') return { cart, fault: 'Não há pedido com este número nesta empresa.' };
          const note = typeof form.nota === 'string' ? form.nota.trim().slice(0, 500) : '';
          const context = { cartId: cart.id, userId: c.get('user').id, now: clock.now, note };
          await judgeCart(statementsOf(tx, company.id), judgement, context);
          const touched = { records: [{ entity: 'cart' as const, id: cart.id }] };
          await recomputeNow(tx, { tenantId: company.id, now: clock.now, cause: 'by_hand' }, touched);
          return { cart: await findCart(tx, { tenantId: company.id, id: cart.id }) };
        });
        const { cart, fault } = done;
        if (!c.req.header('HX-Request')) return c.redirect(paths.cart(company.slug, cart!.id), 303);
        return c.html(CartWhy({ ...pageFacts(company), recovery: cart!.recovery, clock, fault }), fault ? 422 : 200);
      })
  );
}

/** What the form says of the cart; null takes back what was said. */
async function parseJudgement(
  tx: Tx,
  form: Record<string, unknown>,
  { company, cartId }: { company: Company; cartId: CartId },
): Promise<Judgement | null | 'no_order'> {
  const text = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '');
  switch (text('acao')) {
    case 'desfazer':
      return null;
    case 'nao_foi_recuperacao':
      return { kind: 'not_recovery' };
    case 'foi_pedido': {
      const known = parseCartId(text('pedido_id'));
      const [own] = known ? await tx<{ id: string }[]>`select id from orders where id = ${known}` : [];
      const number = text('pedido');
      const orderId =
        own?.id ?? (number ? await findOrderByNumber(statementsOf(tx, company.id), { number, cartId }) : null);
      return orderId ? { kind: 'other_order', orderId } : 'no_order';
    }
    case 'situacao': {
      const status = text('situacao');
      if (Object.hasOwn(cartStatusLabels, status)) return { kind: 'status', status: status as CartStatus };
    }
  }
  throw new HttpError(400, 'unknown_judgement', 'O pedido não pôde ser entendido.');
}

/** `?id=` moves one cart's page, `?contagem=` a deeper page of the list, else the first page. */
export function cartsView({ db, keep }: Deps): LiveView {
  return {
    page: 'carrinhos',
    kinds: ['cart', 'order'],
    async render({ company, query, now }) {
      const clock = { now, timeZone: company.timeZone };
      return await db.withTenant(company.id, async (tx) => {
        const id = parseCartId(query.id);
        if (id) {
          const facts = await loadCart(tx, company, id);
          return facts ? String(CartLive({ ...facts, clock })) : '';
        }
        return await renderList(tx, cartScreen, { company, query, now, keep });
      });
    },
  };
}
