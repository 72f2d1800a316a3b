// Pedidos: what was ordered, what became of it, whether it brought a cart back, and whether the person had bought before. The first page moves
// by itself; deeper pages only say that there is something new.
import type { Figures } from '#shared/figures.ts';
import { toMinor } from '#shared/money.ts';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { FigureLink } from '../components/figure-link.tsx';
import { EmptyWays, isNarrowed, ListPage, type ListView, listId } from '../components/list-page.tsx';
import { ListRows, type RowPlace } from '../components/list-rows.tsx';
import { OrderBadge } from '../components/order-badge.tsx';
import { OtherCurrencies } from '../components/other-currencies.tsx';
import { Partial as Moving } from '../components/partial.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { SelectPage, SelectRow } from '../components/selection.tsx';
import { Tile } from '../components/tile.tsx';
import { Time } from '../components/time.tsx';
import { moneyText, numberText, percentText, quantityText } from '../format.ts';
import { cartReasonLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { periodQuery } from '../period.ts';
import type { ListedOrder, OrderRow, OrderTab } from './order-types.ts';

export const orderRowId = (id: OrderRow['id']) => `pedido-${id}`;

export type OrderRows = {
  rows: readonly ListedOrder[];
  /** Of the whole company in the period. */
  figures: Figures;
};
type OrderList = ListView & OrderRows;

export function OrdersPage(list: OrderList) {
  return (
    <ListPage
      view={list}
      above={
        <div class="tiles tiles-four">
          {orderTiles(list).map((tile) => (
            <Tile {...tile} />
          ))}
        </div>
      }
    >
      <OrderTable {...list} />
    </ListPage>
  );
}

function orderTiles({ slug, choice: { period, filters }, figures }: OrderList) {
  const { currency } = figures;
  const money = (value: string) => moneyText(toMinor(value), currency);
  const scope = filters.loja ? 'de todas as lojas' : null;
  // The figures are of all shops and tabs, and so are their rows.
  const paid = paths.orders(slug, { classe: 'pago', ...periodQuery(period) });
  const counted = paths.orders(slug, { classe: 'pago', moeda: currency, ...periodQuery(period) });
  return [
    {
      id: 'pedidos-faturamento',
      label: 'Faturamento líquido',
      value: (
        <FigureLink href={counted} sum="net">
          {money(figures.paidValue)}
        </FigureLink>
      ),
      detail: (
        <>
          {scope ? <span>{scope}</span> : ''}
          <OtherCurrencies
            figures={figures}
            hrefOf={(moeda) => paths.orders(slug, { classe: 'pago', moeda, ...periodQuery(period) })}
          />
        </>
      ),
      definition: 'Soma dos pedidos pagos criados no período, menos os reembolsos.',
    },
    {
      id: 'pedidos-pagos',
      label: 'Pedidos pagos',
      value: (
        <FigureLink href={paid} sum="count">
          {numberText(figures.ordersByClass.paid)}
        </FigureLink>
      ),
      detail: scope,
      definition: 'Pedidos criados no período cuja situação conta como paga.',
    },
    {
      id: 'pedidos-ticket',
      label: 'Ticket médio',
      value:
        figures.averageOrderValue === null ? (
          '—'
        ) : (
          <FigureLink href={counted} sum="mean">
            {money(figures.averageOrderValue)}
          </FigureLink>
        ),
      detail: scope,
      definition: 'Faturamento líquido dividido pelo número de pedidos pagos do período.',
    },
    {
      id: 'pedidos-recorrentes',
      label: 'Clientes recorrentes',
      value: figures.repeatRate === null ? '—' : percentText(figures.repeatRate),
      detail: scope,
      definition:
        'Das pessoas com pedido pago no período, quantas já tinham dois ou mais pedidos pagos até o fim do período.',
      href: paths.customers(slug, { com_pedido: 1, ...periodQuery(period) }),
    },
  ];
}

export function OrderTable(list: OrderList) {
  const { rows } = list;
  if (rows.length === 0) return <OrdersEmpty {...list} />;
  return (
    <div id={listId('pedidos')} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <SelectPage view={list} />
            <th scope="col">Pedido</th>
            <th scope="col">Pessoa</th>
            <th scope="col">Situação e pagamento</th>
            <th scope="col" class="number">
              Total
            </th>
            <th scope="col" class="number">
              Itens
            </th>
            <th scope="col">Recuperou carrinho?</th>
            <th scope="col">Compra</th>
          </tr>
        </thead>
        <tbody>
          <ListRows view={list} own={{}} rows={rows} Row={OrderTableRow} />
        </tbody>
      </table>
    </div>
  );
}

function OrdersEmpty(list: OrderList) {
  const words: Record<OrderTab, string> = {
    todos: 'Nenhum pedido neste período.',
    pago: 'Nenhum pedido pago neste período.',
    aguardando: 'Nenhum pedido aguardando pagamento neste período.',
    anulado: 'Nenhum pedido anulado neste período.',
  };
  const title = isNarrowed(list)
    ? 'Nenhum pedido com estes filtros neste período.'
    : words[list.choice.tab as OrderTab];
  return (
    <div id={listId('pedidos')}>
      <EmptyState icon="orders" title={title}>
        <EmptyWays view={list} syncHref={paths.sync(list.slug)} />
      </EmptyState>
    </div>
  );
}

export function orderPerson({ firstName, lastName }: Pick<OrderRow, 'firstName' | 'lastName'>): string {
  return (
    [firstName, lastName]
      .map((name) => name?.trim())
      .filter(Boolean)
      .join(' ') || 'Sem nome'
  );
}

function OrderTableRow({ row: order, place }: { row: ListedOrder; place: RowPlace }) {
  const { slug, clock, isMasked } = place;
  const hasRefund = BigInt(order.refundedMinor) > 0n;
  return (
    <tr
      id={orderRowId(order.id)}
      data-minor={order.totalMinor}
      data-net={String(BigInt(order.totalMinor) - BigInt(order.refundedMinor))}
      data-report={order.reported}
      data-reported={order.isReported ? '1' : '0'}
    >
      <SelectRow view={place} id={order.id} name={`pedido ${order.orderNumber}`} />
      <td class="cell-main">
        <a class="row-link" href={paths.order(slug, order.id)}>
          <bdi>{order.orderNumber}</bdi>
        </a>
        <span class="faint nowrap">
          {order.createdAt ? <Time at={order.createdAt} clock={clock} /> : 'sem data legível'}
        </span>
      </td>
      <td data-label="Pessoa" class="cell-email">
        <span class="stack">
          <PersonLink personId={order.personId} slug={slug}>
            <bdi>{orderPerson(order)}</bdi>
          </PersonLink>
          <span class="faint">
            <Email of={order} isMasked={isMasked} />
          </span>
        </span>
      </td>
      <td data-label="Situação e pagamento">
        <OrderBadge order={order} method={order.paymentMethod} />
      </td>
      <td data-label="Total" class="number">
        <span class="amounts">
          {moneyText(order.totalMinor, order.currency)}
          {hasRefund ? <span class="faint">−{moneyText(order.refundedMinor, order.currency)} reembolsado</span> : ''}
        </span>
      </td>
      <td data-label="Itens" class="number">
        {order.itemQuantity === null ? '—' : quantityText(order.itemQuantity)}
      </td>
      <td data-label="Recuperou carrinho?">
        <RecoveredCart order={order} slug={slug} />
      </td>
      <td data-label="Compra">
        {order.isRepeat === null ? (
          <span class="faint">—</span>
        ) : (
          <span class="nowrap">{order.isRepeat ? 'Recorrente' : '1ª compra'}</span>
        )}
      </td>
    </tr>
  );
}

/** The cart that came back with this order, and how much of it is credited there. */
export function RecoveredCart({ order, slug }: { order: OrderRow; slug: string }) {
  if (!order.cartId || !order.cartReason) return <span class="faint">Não</span>;
  return (
    <span class="stack">
      <a href={paths.cart(slug, order.cartId)}>Sim, ver carrinho</a>
      <span class="reason">
        {cartReasonLabels[order.cartReason]}
        {order.creditedMinor === null ? '' : ` · ${moneyText(order.creditedMinor, order.currency)}`}
      </span>
    </span>
  );
}

/** The figures as they move. */
export function OrderFiguresLive(list: OrderList) {
  return (
    <>
      {orderTiles(list).map((tile) => (
        <Moving id={tile.id}>
          <Tile {...tile} />
        </Moving>
      ))}
    </>
  );
}
