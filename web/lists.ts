// What the address of a list chooses, for all four lists: tab, period, search, filters, order and page size. A colleague who opens the same address
// sees the same rows; what is not known filters nothing, and is not in the address that the list gives back.
import type { ExportList } from '#shared/exports/formats.ts';
import { type ListDefinition, listDefinitions } from './list-filters.ts';
import { type Period, parsePeriod, periodQuery, unreadPeriod } from './period.ts';

export type ListName = ExportList;
export type Query = Readonly<Record<string, string | undefined>>;

export const pageSizes = [50, 100, 200] as const;
type PageSize = (typeof pageSizes)[number];

export type ListChoice = {
  tab: string;
  period: Period;
  /** What was typed; empty without a search. */
  search: string;
  /** The chosen value of each filter, by its name in the address. */
  filters: Readonly<Record<string, string>>;
  sort: string;
  size: PageSize;
};

const maxSearchLength = 200;

/** A search looks at all days, and in the widest tab, unless the address says otherwise. */
const defaultPeriod = (search: string) => (search === '' ? '30dias' : 'tudo');
const defaultTab = ({ defaultTab, searchTab }: ListDefinition, search: string) =>
  search === '' ? defaultTab : searchTab;

function parseFilter(definition: ListDefinition, name: string, text: string): string | null {
  const filter = definition.filters[name]!;
  const value = text.trim();
  switch (filter.kind) {
    case 'choice':
      return Object.hasOwn(filter.values, value) ? value : null;
    case 'money':
      return /^\d{1,9}(?:[.,]\d{1,2})?$/.test(value) ? value : null;
    case 'currency':
      return /^[A-Z]{3}$/.test(value) ? value : null;
    case 'text':
    case 'own':
      return value === '' ? null : value.slice(0, maxSearchLength);
  }
}

/** Reads a list's query string. */
export function parseListChoice(list: ListName, query: Query, clock: Parameters<typeof parsePeriod>[1]): ListChoice {
  const definition: ListDefinition = listDefinitions[list];
  const asked = query[definition.tabParam];
  const search = (query.busca ?? '').trim().slice(0, maxSearchLength);
  const period = query.periodo || query.de || query.ate ? query : { ...query, periodo: defaultPeriod(search) };
  const filters = Object.keys(definition.filters).flatMap((name) => {
    const value = query[name] === undefined ? null : parseFilter(definition, name, query[name]);
    return value === null ? [] : [[name, value]];
  });
  const [firstSort] = Object.keys(definition.sorts);
  return {
    tab: asked !== undefined && Object.hasOwn(definition.tabs, asked) ? asked : defaultTab(definition, search),
    period: parsePeriod(period, clock),
    search,
    filters: Object.fromEntries(filters),
    sort: query.ordem !== undefined && Object.hasOwn(definition.sorts, query.ordem) ? query.ordem : firstSort!,
    size: pageSizes.find((size) => String(size) === query.por_pagina) ?? pageSizes[0],
  };
}

/** `Valor a partir de: abc`: what a query string asks for and the list can't read, so that it narrows nothing. */
export function unreadParts(list: ListName, query: Query): string[] {
  const { filters, tabs, tabParam, tabsLabel, sorts }: ListDefinition = listDefinitions[list];
  const unread = Object.entries(filters).flatMap(([name, filter]) => {
    const value = query[name]?.trim();
    if (!value || parseFilter(listDefinitions[list], name, value) !== null) return [];
    return [`${filter.kind === 'currency' ? 'Moeda' : filter.label}: ${value}`];
  });
  const [tab, sort] = [query[tabParam], query.ordem];
  if (tab && !Object.hasOwn(tabs, tab)) unread.push(`${tabsLabel}: ${tab}`);
  if (sort && !Object.hasOwn(sorts, sort)) unread.push(`Ordem: ${sort}`);
  return [...unreadPeriod(query), ...unread].map((part) => (part.length > 80 ? `${part.slice(0, 79)}…` : part));
}

/** The query string that gives this choice again; defaults are left out. */
export function listQuery(list: ListName, choice: ListChoice): Record<string, string> {
  const definition: ListDefinition = listDefinitions[list];
  const { tab, period, search, filters, sort, size } = choice;
  const days =
    period.name === null ? periodQuery(period) : period.name === defaultPeriod(search) ? {} : { periodo: period.name };
  return {
    ...(tab === defaultTab(definition, search) ? {} : { [definition.tabParam]: tab }),
    ...(search ? { busca: search } : {}),
    ...filters,
    ...days,
    ...(sort === Object.keys(definition.sorts)[0] ? {} : { ordem: sort }),
    ...(size === pageSizes[0] ? {} : { por_pagina: String(size) }),
  };
}

/** The address of a list. */
export const listPath = (list: ListName, slug: string, query: Query = {}) => listDefinitions[list].path(slug, query);

type Option = { value: string; label: string };
/** What the company's own data offers to choose from, by filter. */
export type OwnOptions = Readonly<Record<string, readonly Option[]>>;

/** `Janela encerrada`, `Etiqueta: vip`: what a filter's value says. */
export function filterText(list: ListName, name: string, value: string, options: OwnOptions = {}): string {
  const { filters }: ListDefinition = listDefinitions[list];
  const filter = filters[name]!;
  switch (filter.kind) {
    case 'choice':
      return filter.isPrefixed ? `${filter.label}: ${filter.values[value]}` : filter.values[value]!;
    case 'currency':
      return `Em ${value}`;
    case 'money':
      return `${filter.label} R$ ${value.replace('.', ',')}`;
    case 'text':
      return `${filter.label}: ${value}`;
    case 'own':
      return `${filter.label}: ${options[name]?.find((option) => option.value === value)?.label ?? value}`;
  }
}

/** Everything that narrows the list, each with the choice that is left without it. */
export function activeFilters(
  list: ListName,
  choice: ListChoice,
  options: OwnOptions,
): { label: string; rest: ListChoice }[] {
  const { search, filters, period } = choice;
  const chips = Object.entries(filters).map(([name, value]) => {
    const { [name]: _, ...rest } = filters;
    return { label: filterText(list, name, value, options), rest: { ...choice, filters: rest } };
  });
  // Without its search the list still shows the days that it showed.
  const unsearched = { ...choice, search: '', period };
  return search ? [{ label: `Busca: ${search}`, rest: unsearched }, ...chips] : chips;
}
