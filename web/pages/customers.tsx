// Clientes: the people of the company, what they bought, and what they are to the shop. Without a choice the list shows who was last seen in the
// period; with one of the two about purchases, who paid in it: the rows behind the panel's figures.
import type { PersonStatus } from '#shared/customer-statuses.ts';
import { customerStatuses } from '#shared/customer-statuses.ts';
import { PersonStatusBadge, ScoresText } from '../components/customer-status.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ExportLink } from '../components/export-link.tsx';
import { type ListFilter, ListFilters } from '../components/list-filters.tsx';
import { Pager } from '../components/pager.tsx';
import { Partial } from '../components/partial.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { Phone } from '../components/phone.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { TabCount, Tabs, tabCountId } from '../components/tabs.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, moneyText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { personStatusLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { type Period, periodQuery } from '../period.ts';
import {
  type CustomerRow,
  type CustomerTab,
  customerTabNames,
  type LastPurchase,
  lastPurchases,
} from './customer-types.ts';

export const customerTabLabels: Readonly<Record<CustomerTab, string>> = {
  todos: 'Todos',
  vip: 'VIP',
  recorrente: 'Recorrentes',
  primeira_compra: '1ª compra',
  inativo: 'Inativos',
  so_abandonou: 'Só abandonaram',
  nunca_comprou: 'Nunca compraram',
};

const lastPurchaseLabels: Readonly<Record<LastPurchase, string>> = {
  '30': 'Até 30 dias',
  '90': 'Até 90 dias',
  '180': 'Até 180 dias',
  mais_180: 'Há mais de 180 dias',
};

/** What the period is about: who was seen in it, who paid in it, or who paid in it and had paid twice or more by its end. */
export type PurchaseFilter = 'com_pedido' | 'recorrentes';

const listId = 'lista-clientes';
export const customerRowId = (id: CustomerRow['personId']) => `cliente-${id}`;

/** What the query string chooses. */
export type CustomerChoice = {
  tab: CustomerTab;
  period: Period;
  purchase: PurchaseFilter | null;
  lastPurchase: LastPurchase | null;
};

export type CustomerList = CustomerChoice & {
  slug: string;
  currency: string;
  counts: Record<CustomerTab, number>;
  rows: readonly CustomerRow[];
  before: string | null;
  after: string | null;
  clock: Clock;
  isMasked: boolean;
  canExport: boolean;
};

/** The query that gives this list again; `todos` is the default. */
export function customerListQuery({ tab, period, purchase, lastPurchase }: CustomerChoice): Record<string, string> {
  return {
    ...(tab === 'todos' ? {} : { situacao: tab }),
    ...(purchase ? { [purchase]: '1' } : {}),
    ...(lastPurchase ? { ultima_compra: lastPurchase } : {}),
    ...periodQuery(period),
  };
}

const everyPeriod: Period = { name: 'tudo', firstDay: null, lastDay: null, from: null, to: null };
const defaultPeriod: Period = { ...everyPeriod, name: '30dias' };

const periodWords: Readonly<Record<PurchaseFilter | 'seen', string>> = {
  seen: 'O período olha o último movimento da pessoa: formulário, carrinho ou pedido.',
  com_pedido: 'Quem teve pedido pago no período.',
  recorrentes: 'Quem teve pedido pago no período e já somava dois ou mais até o fim dele.',
};

export function CustomersPage(list: CustomerList) {
  const { slug, tab, period, purchase, lastPurchase, counts, before, after } = list;
  const path = paths.customers(slug);
  const filters: ListFilter[] = [
    {
      name: 'com_pedido',
      label: 'Comprou no período',
      all: 'Tanto faz',
      options: [{ value: '1', label: 'Sim' }],
      value: purchase === 'com_pedido' ? '1' : null,
    },
    {
      name: 'recorrentes',
      label: 'Voltou a comprar',
      all: 'Tanto faz',
      options: [{ value: '1', label: 'Sim' }],
      value: purchase === 'recorrentes' ? '1' : null,
    },
    {
      name: 'ultima_compra',
      label: 'Última compra',
      all: 'Qualquer data',
      options: lastPurchases.map((value) => ({ value, label: lastPurchaseLabels[value] })),
      value: lastPurchase,
    },
  ];
  return (
    <>
      <PageHead title="Clientes">
        {list.canExport ? <ExportLink slug={slug} list="clientes" query={customerListQuery(list)} /> : ''}
        <PeriodPicker path={path} period={period} query={customerListQuery({ ...list, period: defaultPeriod })} />
      </PageHead>
      <Tabs
        label="Clientes por situação"
        tabs={customerTabNames.map((id) => ({
          id,
          label: customerTabLabels[id],
          href: paths.customers(slug, customerListQuery({ ...list, tab: id })),
          count: counts[id],
          isCurrent: id === tab,
        }))}
      />
      <ListFilters
        path={path}
        query={customerListQuery({ ...list, purchase: null, lastPurchase: null })}
        filters={filters}
      />
      <p class="faint">{periodWords[purchase ?? 'seen']}</p>
      <CustomerTable {...list} />
      <Pager path={path} query={customerListQuery(list)} before={before} after={after} />
    </>
  );
}

function CustomerTable(list: CustomerList) {
  const { rows } = list;
  if (rows.length === 0) return <CustomersEmpty {...list} />;
  return (
    <div id={listId} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Nome</th>
            <th scope="col">Contatos</th>
            <th scope="col">Situação</th>
            <th scope="col" class="number">
              Pedidos pagos
            </th>
            <th scope="col" class="number">
              Total líquido
            </th>
            <th scope="col">Última compra</th>
            <th scope="col">RFM</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((customer) => (
            <CustomerTableRow customer={customer} list={list} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const statusOf = (tab: Exclude<CustomerTab, 'todos'>): PersonStatus => customerStatuses[tab];

function CustomersEmpty({ slug, tab, purchase, lastPurchase }: CustomerList) {
  const isFiltered = purchase !== null || lastPurchase !== null;
  const who = tab === 'todos' ? 'Ninguém' : `Ninguém com a situação “${personStatusLabels[statusOf(tab)]}”`;
  return (
    <div id={listId}>
      <EmptyState icon="people" title={`${who} ${isFiltered ? 'com estes filtros ' : ''}neste período.`}>
        <SwapLink
          href={paths.customers(
            slug,
            customerListQuery({ tab, purchase: null, lastPurchase: null, period: everyPeriod }),
          )}
        >
          {isFiltered ? 'Tirar os filtros e ver todo o período' : 'Ver todo o período'}
        </SwapLink>{' '}
        · <a href={paths.sync(slug)}>Ver a sincronização</a>
      </EmptyState>
    </div>
  );
}

export function customerName({ name }: Pick<CustomerRow, 'name'>): string {
  return name?.trim() || 'Sem nome';
}

/** The average of a person's paid orders, rounded half up; null without one. */
export function averageMinor({ netMinor, paidOrderCount }: Pick<CustomerRow, 'netMinor' | 'paidOrderCount'>) {
  if (paidOrderCount === 0) return null;
  const count = BigInt(paidOrderCount);
  return (2n * BigInt(netMinor) + count) / (2n * count);
}

/** A phone as the Phone component takes it: only valid numbers come here. */
export const phoneOf = ({ phoneE164, phoneKind }: Pick<CustomerRow, 'phoneE164' | 'phoneKind'>) => ({
  phoneE164,
  phoneKind,
  phoneStatus: phoneE164 ? 'valid' : 'empty',
  phoneReason: null,
  phoneWarnings: '',
  phoneRaw: null,
});

function CustomerTableRow({ customer, list }: { customer: CustomerRow; list: CustomerList }) {
  const { slug, currency, clock, isMasked } = list;
  const { personId, email, phoneE164, status, paidOrderCount, netMinor, lastPaidAt } = customer;
  const average = averageMinor(customer);
  const none = <span class="faint">—</span>;
  return (
    <tr id={customerRowId(personId)}>
      <td class="cell-main">
        <a class="row-link" href={paths.customer(slug, personId)}>
          <bdi>{customerName(customer)}</bdi>
        </a>
        {customer.lastSeenAt ? (
          <span class="faint nowrap">
            visto <Time at={customer.lastSeenAt} clock={clock} />
          </span>
        ) : (
          ''
        )}
      </td>
      <td data-label="Contatos" class="cell-email">
        <span class="stack">
          {phoneE164 ? <Phone phone={phoneOf(customer)} isMasked={isMasked} /> : ''}
          {email ? <Email of={{ email, emailRaw: null }} isMasked={isMasked} /> : ''}
        </span>
      </td>
      <td data-label="Situação">
        <PersonStatusBadge status={status} />
      </td>
      <td data-label="Pedidos pagos" class="number">
        {paidOrderCount === 0 ? none : numberText(paidOrderCount)}
      </td>
      <td data-label="Total líquido" class="number nowrap">
        {average === null ? (
          none
        ) : (
          <span class="amounts">
            {moneyText(netMinor, currency)}
            {paidOrderCount > 1 ? <span class="faint">ticket médio {moneyText(average, currency)}</span> : ''}
          </span>
        )}
      </td>
      <td data-label="Última compra">
        {lastPaidAt ? (
          <span class="nowrap">
            <Time at={lastPaidAt} clock={clock} />
          </span>
        ) : (
          none
        )}
      </td>
      <td data-label="RFM">
        <ScoresText of={customer} />
      </td>
    </tr>
  );
}

/** What moves: the counts, and on the first page the rows. */
export function CustomersLive({ isFirstPage, ...list }: CustomerList & { isFirstPage: boolean }) {
  return (
    <>
      {customerTabNames.map((tab) => (
        <Partial id={tabCountId(tab)}>
          <TabCount id={tab} count={list.counts[tab]} />
        </Partial>
      ))}
      {isFirstPage ? (
        <Partial id={listId}>
          <CustomerTable {...list} />
        </Partial>
      ) : (
        ''
      )}
    </>
  );
}
