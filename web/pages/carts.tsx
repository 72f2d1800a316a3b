// Carrinhos: who abandoned, who waits to pay, who came back and by which order. The first page moves by itself, row by row; deeper pages
// only say that there is something new, so that nothing jumps under the reader.
import { CartOrder, CartStatusBadge, cartReasonText } from '../components/cart-status.tsx';
import { ContactMarks } from '../components/contact-marks.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { EmptyWays, isNarrowed, ListPage, type ListView, listId } from '../components/list-page.tsx';
import { ListRows, type RowPlace } from '../components/list-rows.tsx';
import { Phone } from '../components/phone.tsx';
import { SelectPage, SelectRow } from '../components/selection.tsx';
import { Time } from '../components/time.tsx';
import { countText, moneyText } from '../format.ts';
import { paths } from '../paths.ts';
import type { CartListRow, CartRow, CartTab } from './cart-types.ts';

const drawerId = 'gaveta';
export const cartRowId = (id: CartRow['id']) => `carrinho-${id}`;

export type CartRows = { rows: readonly CartListRow[]; windowAfterMinutes: number };
type CartList = ListView & CartRows;

export function CartsPage(list: CartList) {
  return (
    <ListPage view={list}>
      <CartTable {...list} />
      <div id={drawerId} />
    </ListPage>
  );
}

export function CartTable(list: CartList) {
  const { rows } = list;
  const tab = list.choice.tab as CartTab;
  if (rows.length === 0) {
    const title = isNarrowed(list) ? 'Nenhum carrinho com estes filtros neste período.' : emptyTitles[tab];
    return (
      <div id={listId('carrinhos')}>
        <EmptyState icon="cart" title={title}>
          <EmptyWays view={list} syncHref={paths.sync(list.slug)} />
        </EmptyState>
      </div>
    );
  }
  return (
    <div id={listId('carrinhos')} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <SelectPage view={list} />
            <th scope="col">Pessoa</th>
            <th scope="col">Telefone</th>
            <th scope="col">Itens</th>
            <th scope="col" class="number">
              Valor
            </th>
            <th scope="col">{timeLabel(tab)}</th>
            <th scope="col">Contato</th>
            <th scope="col">Situação</th>
          </tr>
        </thead>
        <tbody>
          <ListRows view={list} own={{ windowAfterMinutes: list.windowAfterMinutes }} rows={rows} Row={CartTableRow} />
        </tbody>
      </table>
    </div>
  );
}

/** What the moment of the last activity is called: a cart that is being filled, or was simply bought, was not abandoned. */
const timeLabel = (tab: CartTab) =>
  tab === 'abandonados' || tab === 'recuperados' ? 'Abandonado' : 'Última atividade';

const emptyTitles: Readonly<Record<CartTab, string>> = {
  aguardando: 'Nenhum carrinho aguardando neste período.',
  abandonados: 'Nenhum carrinho abandonado neste período.',
  recuperados: 'Nenhum carrinho recuperado neste período.',
  todos: 'Nenhum carrinho neste período.',
  compra_direta: 'Nenhuma compra direta neste período.',
};

/** `2 itens: Sandália Sol 37, Bolsa Lua` */
function itemsText({ itemCount, itemNames }: CartRow): string {
  const names = (itemNames ?? []).filter((name) => name).join(', ');
  const count = countText(itemCount, 'item', 'itens');
  return names ? `${count}: ${names}${itemCount > (itemNames?.length ?? 0) ? '…' : ''}` : count;
}

export function personName(cart: CartRow): string {
  return cart.name?.trim() || 'Sem nome';
}

type CartPlace = RowPlace & Pick<CartRows, 'windowAfterMinutes'>;

function CartTableRow({ row: cart, place }: { row: CartListRow; place: CartPlace }) {
  const { slug, clock, windowAfterMinutes, isMasked, canContact } = place;
  return (
    <tr
      id={cartRowId(cart.id)}
      data-status={cart.status}
      data-minor={cart.totalMinor}
      data-credited={cart.creditedMinor ?? '0'}
    >
      <SelectRow view={place} id={cart.id} name={personName(cart)} />
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
      <td data-label={timeLabel(place.tab as CartTab)}>
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
