// Which rows a request exports: those of a list's own query, or of a selection of it. The words of the filter stand in the history and in the file.
import { type ExportList, exportListLabels } from '#shared/exports/formats.ts';
import type { TimeZone } from '#shared/time-zone.ts';
import { type ListDefinition, listDefinitions } from '#web/list-filters.ts';
import { activeFilters } from '#web/lists.ts';
import { periodText } from '#web/period.ts';
import type { Tx } from '../db.ts';
import { NotFoundError } from '../http-error.ts';
import { chooseAll } from '../lists/read.ts';
import { listOptions, openList } from '../lists/sources.ts';

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

async function chooseByQuery(tx: Tx, request: Request): Promise<Words> {
  const { list } = request;
  // Whoever exports sees phones and e-mails.
  const { choice, sql } = await openList(tx, { ...request, isMasked: false });
  await chooseAll(tx, sql, choice);
  const { tabs }: ListDefinition = listDefinitions[list];
  const options = await listOptions(tx, list);
  return {
    tab: choice.tab === 'todos' ? '' : choice.tab,
    said: [
      ...(choice.tab === 'todos' ? [] : [tabs[choice.tab]!]),
      ...activeFilters(list, choice, options).map(({ label }) => label),
      periodText(choice.period),
    ],
  };
}
