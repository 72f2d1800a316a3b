// The four lists by name, for whatever works on any of them: their screens, exports, bulk acts and saved filters.

import type { TimeZone } from '#shared/time-zone.ts';
import { together } from '#shared/together.ts';
import { type ListChoice, type ListName, type OwnOptions, parseListChoice, type Query } from '#web/lists.ts';
import { formName, isManualLead } from '#web/pages/lead-types.ts';
import { formKey } from '#web/pages/leads.tsx';
import type { Tx } from '../db.ts';
import { cartSql, countCarts } from '../queries/carts.ts';
import { customerSql } from '../queries/customers.ts';
import { countLeads, hasSizes, leadSql, listLeadForms, listLeadPages } from '../queries/leads.ts';
import { countOrders, orderSql } from '../queries/orders.ts';
import { openSearch, type Searched } from '../queries/search.ts';
import { listSiteNames } from '../queries/sites.ts';
import { countTabs, type ListContext, type ListSql } from './read.ts';

type Source = {
  searched: Searched;
  sql(tx: Tx, choice: ListChoice, context: ListContext): ListSql;
  count(tx: Tx, sql: ListSql, choice: ListChoice): Promise<Record<string, number>>;
};

const listSources: Readonly<Record<ListName, Source>> = {
  leads: { searched: 'lead', sql: leadSql, count: countLeads },
  carrinhos: { searched: 'cart', sql: cartSql, count: countCarts },
  pedidos: { searched: 'order', sql: orderSql, count: countOrders },
  clientes: { searched: 'person', sql: customerSql, count: countTabs },
};

export type ListRequest = {
  list: ListName;
  query: Query;
  timeZone: TimeZone;
  now: Date;
  /** The reader sees no phones and e-mails, and finds nobody by them. */
  isMasked: boolean;
};

/** What a query string chooses, and how it is read. `isFew`: a search found few rows. */
export async function openList(tx: Tx, { list, query, timeZone, now, isMasked }: ListRequest) {
  const choice = parseListChoice(list, query, { timeZone, now });
  const { searched, sql, count } = listSources[list];
  const search = await openSearch(tx, choice.search, { isMasked, searched });
  const read = sql(tx, choice, { search, now, timeZone });
  return { choice, sql: read, isFew: Boolean(search?.found), count: (tx: Tx) => count(tx, read, choice) };
}

/** What the company's own data offers each filter: shops and forms where there is a choice, tags and people where there are any. */
export async function listOptions(tx: Tx, list: ListName): Promise<OwnOptions> {
  type Option = { value: string; label: string };
  const ofLeads = <T>(load: (tx: Tx) => Promise<T>, none: T) => (list === 'leads' ? load(tx) : Promise.resolve(none));
  const [siteNames, tags, operators, forms, isSized, pages] = await together([
    listSiteNames(tx),
    tx<Option[]>`select id as value, name as label from tags order by lower(name) limit 500`,
    tx<Option[]>`
      select u.id as value, u.name as label from memberships m join users u on u.id = m.user_id where m.role <> 'viewer' order by lower(u.name), u.id`,
    ofLeads(listLeadForms, []),
    ofLeads(hasSizes, true),
    ofLeads(listLeadPages, []),
  ]);
  const sites = siteNames.map(({ slug, name }) => ({ value: slug, label: name }));
  return {
    loja: sites.length < 2 ? [] : sites,
    com_etiqueta: [...tags],
    operador: list === 'clientes' ? [] : [...operators],
    ...(!isSized && { tamanho: [] }),
    ...(list === 'leads' && {
      endereco: pages.map((path) => ({ value: path, label: path })),
      ...(!forms.some(isManualLead) && { origem: [] }),
    }),
    formulario: forms.length < 2 ? [] : forms.map((form) => ({ value: formKey(form), label: formName(form) })),
  };
}
