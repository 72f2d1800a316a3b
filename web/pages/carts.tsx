// Carrinhos: who abandoned, who waits to pay, who came back and by which order. The first page moves by itself, row by row; deeper pages
// only say that there is something new, so that nothing jumps under the reader.
import { CartOrder, CartStatusBadge, cartReasonText } from '../components/cart-status.tsx';
import { ChoiceChips } from '../components/choice-chips.tsx';
import { ContactMarks } from '../components/contact-marks.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ExportLink } from '../components/export-link.tsx';
import { Pager } from '../components/pager.tsx';
import { Partial } from '../components/partial.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { Phone } from '../components/phone.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { TabCount, Tabs, tabCountId } from '../components/tabs.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, moneyText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { type CartChoices, cartChoices } from '../list-choices.ts';
import { paths } from '../paths.ts';
import { type Period, periodQuery } from '../period.ts';
import { type CartListRow, type CartRow, type CartTab, cartTabs } from './cart-types.ts';

export const cartTabLabels: Readonly<Record<CartTab, string>> = {
  aguardando: 'Aguardando',
  abandonados: 'Abandonados',
  recuperados: 'Recuperados',
  todos: 'Todos',
  compra_direta: 'Compra direta',
};

const listId = 'lista-carrinhos';
const newsId = 'novidades';
const drawerId = 'gaveta';
export const cartRowId = (id: CartRow['id']) => `carrinho-${id}`;

export type CartList = {
  slug: string;
  tab: CartTab;
  period: Period;
  choices: CartChoices;
  counts: Record<CartTab, number>;
  rows: readonly CartListRow[];
  before: string | null;
  after: string | null;
  clock: Clock;
  windowAfterMinutes: number;
  isMasked: boolean;
  canExport: boolean;
  canContact: boolean;
};

/** The query that gives this list again; `abandonados` is the default. */
export function cartListQuery({
  tab,
  period,
  choices = {},
}: Pick<CartList, 'tab' | 'period'> & { choices?: CartChoices }): Record<string, string> {
  return { ...(tab === 'abandonados' ? {} : { situacao: tab }), ...choices, ...periodQuery(period) };
}

export function CartsPage(list: CartList) {
  const { slug, tab, period, choices, counts, before, after } = list;
  const path = paths.carts(slug);
  const tabQuery = { ...(tab === 'abandonados' ? {} : { situacao: tab }), ...choices };
  return (
    <>
      <PageHead title="Carrinhos">
        {list.canExport ? <ExportLink slug={slug} list="carrinhos" query={cartListQuery(list)} /> : ''}
        <PeriodPicker path={path} period={period} query={tabQuery} />
      </PageHead>
      <Tabs
        label="Situação dos carrinhos"
        tabs={cartTabs.map((id) => ({
          id,
          label: cartTabLabels[id],
          href: paths.carts(slug, cartListQuery({ tab: id, period, choices })),
          count: counts[id],
          isCurrent: id === tab,
        }))}
      />
      <ChoiceChips path={path} known={cartChoices} choices={choices} query={cartListQuery({ tab, period })} />
      <p id={newsId} class="news" />
      <CartTable {...list} />
      <Pager path={path} query={cartListQuery(list)} before={before} after={after} />
      <div id={drawerId} />
    </>
  );
}

function CartTable(list: CartList) {
  const { rows, tab } = list;
  if (rows.length === 0) {
    return (
      <div id={listId}>
        <EmptyState icon="cart" title={emptyTitle(tab)}>
          <SwapLink
            href={paths.carts(list.slug, { ...(tab === 'abandonados' ? {} : { situacao: tab }), periodo: 'tudo' })}
          >
            Ver todo o período
          </SwapLink>{' '}
          · <a href={paths.sync(list.slug)}>Ver a sincronização</a>
        </EmptyState>
      </div>
    );
  }
  return (
    <div id={listId} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Pessoa</th>
            <th scope="col">Telefone</th>
            <th scope="col">Itens</th>
            <th scope="col" class="number">
              Valor
            </th>
            <th scope="col">{timeLabel(list.tab)}</th>
            <th scope="col">Contato</th>
            <th scope="col">Situação</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((cart) => (
            <CartTableRow cart={cart} list={list} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the moment of the last activity is called: a cart that is being filled, or was simply bought, was not abandoned. */
const timeLabel = (tab: CartTab) =>
  tab === 'abandonados' || tab === 'recuperados' ? 'Abandonado' : 'Última atividade';

function emptyTitle(tab: CartTab): string {
  const words: Record<CartTab, string> = {
    aguardando: 'Nenhum carrinho aguardando neste período.',
    abandonados: 'Nenhum carrinho abandonado neste período.',
    recuperados: 'Nenhum carrinho recuperado neste período.',
    todos: 'Nenhum carrinho neste período.',
    compra_direta: 'Nenhuma compra direta neste período.',
  };
  return words[tab];
}

/** `2 itens: Sandália Sol 37, Bolsa Lua` */
function itemsText({ itemCount, itemNames }: CartRow): string {
  const names = (itemNames ?? []).filter((name) => name).join(', ');
  const count = countText(itemCount, 'item', 'itens');
  return names ? `${count}: ${names}${itemCount > (itemNames?.length ?? 0) ? '…' : ''}` : count;
}

export function personName(cart: CartRow): string {
  return cart.name?.trim() || 'Sem nome';
}

function CartTableRow({ cart, list }: { cart: CartListRow; list: CartList }) {
  const { slug, clock, windowAfterMinutes, isMasked, canContact } = list;
  return (
    <tr
      id={cartRowId(cart.id)}
      data-status={cart.status}
      data-minor={cart.totalMinor}
      data-credited={cart.creditedMinor ?? '0'}
    >
      <td class="cell-main">
        <a class="row-link" href={paths.cart(slug, cart.id)}>
          {personName(cart)}
        </a>
        <span class="faint break">
          <Email of={cart} isMasked={isMasked} />
        </span>
      </td>
      <td data-label="Telefone">
        <Phone phone={cart} isMasked={isMasked} />
      </td>
      <td data-label="Itens">
        <span class="clamp">{itemsText(cart)}</span>
      </td>
      <td data-label="Valor" class="number">
        {moneyText(cart.totalMinor, cart.currency)}
      </td>
      <td data-label={timeLabel(list.tab)}>
        <span class="stack">
          <Time at={cart.lastActivityAt} clock={clock} />
          {cart.returnCount > 0 ? <span class="faint">voltou {cart.returnCount}×</span> : ''}
        </span>
      </td>
      <td data-label="Contato" class="cell-contact">
        <ContactMarks slug={slug} state={cart.contact} clock={clock} canContact={canContact} />
      </td>
      <td data-label="Situação" class="cell-status">
        <span class="stack">
          <span class="status-line">
            <CartStatusBadge status={cart.status} />
            {cart.status === 'purchased' ? (
              ''
            ) : (
              <span class="reason">{cartReasonText(cart, { clock, windowAfterMinutes })}</span>
            )}
          </span>
          <CartOrder cart={cart} />
          <a
            class="why-link"
            href={paths.cart(slug, cart.id)}
            hx-get={paths.cartWhy(slug, cart.id)}
            hx-target={`#${drawerId}`}
            hx-swap="innerHTML"
          >
            Por quê?
          </a>
        </span>
      </td>
    </tr>
  );
}

/** The live part of the first page: counts and rows in place. */
export function CartsLive(list: CartList) {
  return (
    <>
      <LiveCounts counts={list.counts} />
      <Partial id={listId}>
        <CartTable {...list} />
      </Partial>
    </>
  );
}

/** The live part of a deeper page: counts, and the way to what is new. `newCount` = carts that the tab has gained since the page came. */
export function CartsNews({
  slug,
  tab,
  period,
  choices,
  counts,
  newCount,
}: Pick<CartList, 'slug' | 'tab' | 'period' | 'choices' | 'counts'> & { newCount: number }) {
  return (
    <>
      <LiveCounts counts={counts} />
      <Partial id={newsId}>
        <p id={newsId} class="news">
          {newCount > 0 ? (
            <SwapLink href={paths.carts(slug, cartListQuery({ tab, period, choices }))}>
              {countText(newCount, 'novo', 'novos')}: mostrar
            </SwapLink>
          ) : (
            ''
          )}
        </p>
      </Partial>
    </>
  );
}

function LiveCounts({ counts }: { counts: Record<CartTab, number> }) {
  return (
    <>
      {cartTabs.map((tab) => (
        <Partial id={tabCountId(tab)}>
          <TabCount id={tab} count={counts[tab]} />
        </Partial>
      ))}
    </>
  );
}
