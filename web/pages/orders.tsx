// Pedidos: what was ordered, what became of it, whether it brought a cart back, and whether the person had bought before. The first page moves
// by itself; deeper pages only say that there is something new.
import type { Figures } from '#shared/figures.ts';
import { toMinor } from '#shared/money.ts';
import { ChoiceChips } from '../components/choice-chips.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ExportLink } from '../components/export-link.tsx';
import { FigureLink } from '../components/figure-link.tsx';
import { ListFilters, siteFilter } from '../components/list-filters.tsx';
import { OrderBadge } from '../components/order-badge.tsx';
import { OtherCurrencies } from '../components/other-currencies.tsx';
import { Pager } from '../components/pager.tsx';
import { Partial } from '../components/partial.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { TabCount, Tabs, tabCountId } from '../components/tabs.tsx';
import { Tile } from '../components/tile.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, moneyText, numberText, percentText, quantityText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { type OrderChoices, orderChoices } from '../list-choices.ts';
import { cartReasonLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { type Period, periodQuery } from '../period.ts';
import { type ListedOrder, type OrderRow, type OrderTab, orderTabNames } from './order-types.ts';

export const orderTabLabels: Readonly<Record<OrderTab, string>> = {
  todos: 'Todos',
  pago: 'Pagos',
  aguardando: 'Aguardando',
  anulado: 'Anulados',
};

const listId = 'lista-pedidos';
const newsId = 'novidades';
export const orderRowId = (id: OrderRow['id']) => `pedido-${id}`;

/** What the query string chooses. */
export type OrderChoice = { tab: OrderTab; period: Period; site: string | null; choices?: OrderChoices };

export type OrderList = OrderChoice & {
  slug: string;
  sites: readonly { slug: string; name: string }[];
  counts: Record<OrderTab, number>;
  /** Of the whole company in the period. */
  figures: Figures;
  rows: readonly ListedOrder[];
  before: string | null;
  after: string | null;
  clock: Clock;
  isMasked: boolean;
  canExport: boolean;
};

/** The query that gives this list again; `todos` is the default. */
export function orderListQuery({ tab, period, site, choices = {} }: OrderChoice): Record<string, string> {
  return {
    ...(tab === 'todos' ? {} : { classe: tab }),
    ...(site ? { loja: site } : {}),
    ...choices,
    ...periodQuery(period),
  };
}

const everyPeriod: Period = { name: 'tudo', firstDay: null, lastDay: null, from: null, to: null };
const defaultPeriod: Period = { ...everyPeriod, name: '30dias' };

export function OrdersPage(list: OrderList) {
  const { slug, tab, period, site, sites, choices = {}, counts, before, after } = list;
  const path = paths.orders(slug);
  return (
    <>
      <PageHead title="Pedidos">
        {list.canExport ? <ExportLink slug={slug} list="pedidos" query={orderListQuery(list)} /> : ''}
        <PeriodPicker path={path} period={period} query={orderListQuery({ ...list, period: defaultPeriod })} />
      </PageHead>
      <div class="tiles tiles-four">
        {orderTiles(list).map((tile) => (
          <Tile {...tile} />
        ))}
      </div>
      <Tabs
        label="Pedidos por classe"
        tabs={orderTabNames.map((id) => ({
          id,
          label: orderTabLabels[id],
          href: paths.orders(slug, orderListQuery({ ...list, tab: id })),
          count: counts[id],
          isCurrent: id === tab,
        }))}
      />
      <ListFilters path={path} query={orderListQuery({ ...list, site: null })} filters={siteFilter(sites, site)} />
      <ChoiceChips path={path} known={orderChoices} choices={choices} query={orderListQuery({ tab, period, site })} />
      <p id={newsId} class="news" />
      <OrderTable {...list} />
      <Pager path={path} query={orderListQuery(list)} before={before} after={after} />
    </>
  );
}

function orderTiles({ slug, period, figures, sites, site }: OrderList) {
  const { currency } = figures;
  const money = (value: string) => moneyText(toMinor(value), currency);
  const scope = sites.length > 1 && site ? 'de todas as lojas' : null;
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

function OrderTable(list: OrderList) {
  const { rows } = list;
  if (rows.length === 0) return <OrdersEmpty {...list} />;
  return (
    <div id={listId} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
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
          {rows.map((order) => (
            <OrderTableRow order={order} list={list} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OrdersEmpty({ slug, tab, site }: OrderList) {
  const words: Record<OrderTab, string> = {
    todos: 'Nenhum pedido neste período.',
    pago: 'Nenhum pedido pago neste período.',
    aguardando: 'Nenhum pedido aguardando pagamento neste período.',
    anulado: 'Nenhum pedido anulado neste período.',
  };
  return (
    <div id={listId}>
      <EmptyState icon="orders" title={words[tab]}>
        <SwapLink href={paths.orders(slug, orderListQuery({ tab, site, period: everyPeriod }))}>
          Ver todo o período
        </SwapLink>{' '}
        · <a href={paths.sync(slug)}>Ver a sincronização</a>
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

function OrderTableRow({ order, list }: { order: ListedOrder; list: OrderList }) {
  const { slug, clock, isMasked } = list;
  const hasRefund = BigInt(order.refundedMinor) > 0n;
  return (
    <tr
      id={orderRowId(order.id)}
      data-minor={order.totalMinor}
      data-net={String(BigInt(order.totalMinor) - BigInt(order.refundedMinor))}
      data-report={order.reported}
      data-reported={order.isReported ? '1' : '0'}
    >
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

/** The live part of the first page: figures, counts and rows in place. */
export function OrdersLive(list: OrderList) {
  return (
    <>
      {orderTiles(list).map((tile) => (
        <Partial id={tile.id}>
          <Tile {...tile} />
        </Partial>
      ))}
      <LiveCounts counts={list.counts} />
      <Partial id={listId}>
        <OrderTable {...list} />
      </Partial>
    </>
  );
}

/** The live part of a deeper page. `newCount` = orders that the tab has gained since the page came. */
export function OrdersNews(list: OrderChoice & Pick<OrderList, 'slug' | 'counts'> & { newCount: number }) {
  return (
    <>
      <LiveCounts counts={list.counts} />
      <Partial id={newsId}>
        <p id={newsId} class="news">
          {list.newCount > 0 ? (
            <SwapLink href={paths.orders(list.slug, orderListQuery(list))}>
              {countText(list.newCount, 'novo', 'novos')}: mostrar
            </SwapLink>
          ) : (
            ''
          )}
        </p>
      </Partial>
    </>
  );
}

function LiveCounts({ counts }: { counts: Record<OrderTab, number> }) {
  return (
    <>
      {orderTabNames.map((tab) => (
        <Partial id={tabCountId(tab)}>
          <TabCount id={tab} count={counts[tab]} />
        </Partial>
      ))}
    </>
  );
}
