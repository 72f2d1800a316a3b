// Clientes: the people of the company, what they bought, and what they are to the shop. Without a choice the list shows who was last seen in the
// period; with one of the two about purchases, who paid in it: the rows behind the panel's figures.
import { customerStatuses } from '#shared/customer-statuses.ts';
import { PersonStatusBadge, ScoresText } from '../components/customer-status.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { EmptyWays, isNarrowed, ListPage, type ListView, listId } from '../components/list-page.tsx';
import { ListRows, type RowPlace } from '../components/list-rows.tsx';
import { Phone } from '../components/phone.tsx';
import { SelectPage, SelectRow } from '../components/selection.tsx';
import { Time } from '../components/time.tsx';
import { moneyText, numberText } from '../format.ts';
import { personStatusLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import type { CustomerRow, CustomerTab } from './customer-types.ts';
import { DuplicatesLink } from './duplicates.tsx';

export const customerRowId = (id: CustomerRow['personId']) => `cliente-${id}`;

export type CustomerRows = { rows: readonly CustomerRow[]; currency: string };
type CustomerList = ListView & CustomerRows;

function periodWords({ choice: { filters } }: CustomerList): string {
  if (filters.recorrentes) return 'Quem teve pedido pago no período e já somava dois ou mais até o fim dele.';
  if (filters.com_pedido) return 'Quem teve pedido pago no período.';
  return 'O período olha o último movimento da pessoa: formulário, carrinho ou pedido.';
}

export function CustomersPage(list: CustomerList) {
  return (
    <ListPage view={list} acts={<DuplicatesLink slug={list.slug} />} note={<p class="faint">{periodWords(list)}</p>}>
      <CustomerTable {...list} />
    </ListPage>
  );
}

export function CustomerTable(list: CustomerList) {
  const { rows } = list;
  if (rows.length === 0) return <CustomersEmpty {...list} />;
  return (
    <div id={listId('clientes')} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <SelectPage view={list} />
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
          <ListRows view={list} own={{ currency: list.currency }} rows={rows} Row={CustomerTableRow} />
        </tbody>
      </table>
    </div>
  );
}

function CustomersEmpty(list: CustomerList) {
  const tab = list.choice.tab as CustomerTab;
  const who = tab === 'todos' ? 'Ninguém' : `Ninguém com a situação “${personStatusLabels[customerStatuses[tab]]}”`;
  return (
    <div id={listId('clientes')}>
      <EmptyState icon="people" title={`${who} ${isNarrowed(list) ? 'com estes filtros ' : ''}neste período.`}>
        <EmptyWays view={list} syncHref={paths.sync(list.slug)} />
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

type CustomerPlace = RowPlace & Pick<CustomerRows, 'currency'>;

function CustomerTableRow({ row: customer, place }: { row: CustomerRow; place: CustomerPlace }) {
  const { slug, currency, clock, isMasked } = place;
  const { personId, email, phoneE164, status, paidOrderCount, netMinor, lastPaidAt } = customer;
  const average = averageMinor(customer);
  const none = <span class="faint">—</span>;
  return (
    <tr id={customerRowId(personId)}>
      <SelectRow view={place} id={personId} name={customerName(customer)} />
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
