// Which rows a request exports: those of a list's own query, or of a selection of it. The words of the filter stand in the history and in the file.
import { type ExportList, exportListLabels } from '#shared/exports/formats.ts';
import type { TimeZone } from '#shared/time-zone.ts';
import { cartChoices, choiceChips, orderChoices } from '#web/list-choices.ts';
import { cartTabLabels } from '#web/pages/carts.tsx';
import { customerTabLabels } from '#web/pages/customers.tsx';
import { formName } from '#web/pages/lead-types.ts';
import { leadTabLabels } from '#web/pages/leads.tsx';
import { orderTabLabels } from '#web/pages/orders.tsx';
import { type Period, periodText } from '#web/period.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { chooseCarts } from '../queries/carts.ts';
import { chooseCustomers } from '../queries/customers.ts';
import { chooseLeads } from '../queries/leads.ts';
import { chooseOrders } from '../queries/orders.ts';
import { parseCartQuery } from '../routes/carts.ts';
import { parseCustomerQuery } from '../routes/customers.ts';
import { parseLeadQuery } from '../routes/leads.ts';
import { parseOrderQuery } from '../routes/orders.ts';

export type ListQuery = Readonly<Record<string, string>>;
type Request = { list: ExportList; query: ListQuery; timeZone: TimeZone; now: Date };

export type Chosen = {
  count: number;
  filterText: string;
  /** The list's tab, as file names have it; empty for all. */
  tab: string;
};

/** Fills export_ids. `query.registros` are ids of a selection: NotFoundError when the company has not all of them. */
export async function chooseRows(tx: Tx, request: Request): Promise<Chosen> {
  const { list, query } = request;
  const words = query.registros ? await chooseRecords(tx, list, query.registros) : await chooseByQuery(tx, request);
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from export_ids`;
  const filterText = [exportListLabels[list], ...words.said].join(' · ');
  return { count: row!.count, filterText, tab: words.tab };
}

type Words = { tab: string; said: string[] };

async function chooseRecords(tx: Tx, list: ExportList, text: string): Promise<Words> {
  const ids = [...new Set(text.split(','))];
  if (!ids.every((id) => /^\d{1,18}$/.test(id))) throw new NotFoundError();
  const from = {
    leads: tx`leads where id = any(${ids}::bigint[])`,
    carrinhos: tx`carts where id = any(${ids}::bigint[])`,
    pedidos: tx`orders where id = any(${ids}::bigint[])`,
    clientes: tx`(select person_id as id from customer_statuses) people where id = any(${ids}::bigint[])`,
  }[list];
  const { count } = await tx`insert into export_ids (id) select id from ${from} order by id desc`;
  if (count !== ids.length) throw new NotFoundError();
  return { tab: '', said: [count === 1 ? '1 selecionado' : `${count} selecionados`] };
}

async function chooseByQuery(tx: Tx, { list, query, timeZone, now }: Request): Promise<Words> {
  const company = { timeZone };
  const words = (tab: string, label: string, period: Period, more: (string | null | undefined)[] = []): Words => ({
    tab: tab === 'todos' ? '' : tab,
    said: [...(tab === 'todos' ? [] : [label]), ...more.filter((text) => text != null), periodText(period)],
  });
  switch (list) {
    case 'leads': {
      const { tab, filter } = await parseLeadQuery(tx, { company, query, now });
      await chooseLeads(tx, { tab, filter });
      const { site, phone, form, period } = filter;
      const more = [site?.name, phone && `telefone ${phone.replace('_', ' ')}`, form && formName(form)];
      return words(tab, leadTabLabels[tab], period, more);
    }
    case 'carrinhos': {
      const { tab, period, choices } = parseCartQuery(query, { company, now });
      await chooseCarts(tx, { tab, filter: { period, choices, now } });
      return words(
        tab,
        cartTabLabels[tab],
        period,
        choiceChips(cartChoices, choices).map(({ label }) => label),
      );
    }
    case 'pedidos': {
      const { tab, filter } = await parseOrderQuery(tx, { company, query, now });
      await chooseOrders(tx, { tab, filter });
      const more = [filter.site?.name, ...choiceChips(orderChoices, filter.choices).map(({ label }) => label)];
      return words(tab, orderTabLabels[tab], filter.period, more);
    }
    case 'clientes': {
      const { tab, filter } = parseCustomerQuery(query, { company, now });
      await chooseCustomers(tx, { tab, filter });
      const { purchase, lastPurchase, period } = filter;
      const bought = purchase && { com_pedido: 'comprou no período', recorrentes: 'voltou a comprar' }[purchase];
      return words(tab, customerTabLabels[tab], period, [
        bought,
        lastPurchase && `última compra: ${lastPurchase} dias`,
      ]);
    }
  }
}
