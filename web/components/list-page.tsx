// What the four lists look like around their tables: tabs, search, filters, what narrows the list, order and paging; and how all of it moves. Plain GET
// forms and links; htmx spares the reload.
import type { Child } from 'hono/jsx';
import { contentId } from '../content-id.ts';
import { type Clock, countText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { type Filter, type ListDefinition, listDefinitions } from '../list-filters.ts';
import {
  activeFilters,
  type ListChoice,
  type ListName,
  listPath,
  listQuery,
  type OwnOptions,
  pageSizes,
} from '../lists.ts';
import { type BulkFacts, bulkText } from '../pages/bulk.tsx';
import { ExportLink } from './export-link.tsx';
import { Icon } from './icon.tsx';
import { Pager } from './pager.tsx';
import { Partial as Moving } from './partial.tsx';
import { PeriodPicker } from './period-picker.tsx';
import { ScriptlessButton } from './scriptless-button.tsx';
import { type Segment, SegmentMenu } from './segments.tsx';
import { SelectionBar } from './selection.tsx';
import { SwapLink } from './swap-link.tsx';
import { TabCount, Tabs, tabCountId } from './tabs.tsx';

export type ListView = {
  list: ListName;
  slug: string;
  choice: ListChoice;
  /** By tab. */
  counts: Readonly<Record<string, number>>;
  /** Rows of the tab without a phone to write to; null where that is not said. */
  unreachable: { count: number; isMore: boolean } | null;
  options: OwnOptions;
  /** What of the address could not be read, and whether its place in the list could. */
  unread: readonly string[];
  isPlaceKnown: boolean;
  before: string | null;
  after: string | null;
  /** On this page. */
  rowCount: number;
  /** What was just done to a selection. */
  done: BulkFacts | null;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
  canExport: boolean;
  /** Saved filters that the user sees. */
  segments: readonly Segment[];
  canSaveSegments: boolean;
  canShareSegments: boolean;
};

const newsId = 'novidades';
const summaryId = 'resumo-lista';
export const listId = (list: ListName) => `lista-${list}`;

const definitionOf = ({ list }: Pick<ListView, 'list'>): ListDefinition => listDefinitions[list];

/** The address of the same list with another choice, from its first page. */
const listHref = (
  { list, slug, choice }: Pick<ListView, 'list' | 'slug' | 'choice'>,
  other: Partial<ListChoice> = {},
) => listPath(list, slug, listQuery(list, { ...choice, ...other }));

type ListPageProps = {
  view: ListView;
  /** Beside the heading. */
  acts?: Child;
  /** Between heading and tabs. */
  above?: Child;
  /** After what narrows the list. */
  note?: Child;
  children?: Child;
};

export function ListPage({ view, acts, above, note, children }: ListPageProps) {
  const { list, slug, choice, counts, before, after } = view;
  const { title, tabs, tabsLabel, path } = definitionOf(view);
  const query = listQuery(list, choice);
  const { periodo: _, de: __, ate: ___, ...timeless } = query;
  return (
    <>
      <PageHead title={title}>
        <div class="page-acts">
          {acts}
          {view.canExport ? <ExportLink slug={slug} list={list} query={query} /> : ''}
          <PeriodPicker path={path(slug, {})} period={choice.period} query={timeless} />
        </div>
      </PageHead>
      {view.done ? (
        <p class="form-saved" role="status">
          <Icon name="check" /> {bulkText(view.done)}
        </p>
      ) : (
        ''
      )}
      {above}
      <Tabs
        label={tabsLabel}
        tabs={Object.entries(tabs).map(([id, label]) => ({
          id,
          label,
          href: listHref(view, { tab: id }),
          count: counts[id]!,
          isCurrent: id === choice.tab,
        }))}
      />
      <div class="list-bar">
        <SearchForm view={view} />
        <div class="list-order">
          <OrderForm view={view} />
          <SegmentMenu view={view} />
        </div>
      </div>
      <Chips view={view} />
      <Unread view={view} />
      {note}
      <Summary view={view} />
      <p id={newsId} class="news" />
      {children}
      <SelectionBar view={view} />
      <Pager
        path={path(slug, {})}
        query={query}
        before={before}
        after={after}
        labels={choice.sort === 'recentes' ? undefined : ['Anteriores', 'Próximos']}
      />
    </>
  );
}

const hidden = (query: Readonly<Record<string, string>>) =>
  Object.entries(query).map(([name, value]) => <input type="hidden" name={name} value={value} />);

const swap = (path: string) =>
  ({ method: 'get', action: path, 'hx-get': path, 'hx-target': `#${contentId}`, 'hx-push-url': 'true' }) as const;

/** Search and filters, sent together. */
function SearchForm({ view }: { view: ListView }) {
  const { list, slug, choice, options } = view;
  const definition = definitionOf(view);
  const shown = Object.entries(definition.filters).filter(([name, filter]) => isShown(filter, options[name]));
  const shownCount = shown.filter(([name]) => name in choice.filters).length;
  const byLink = Object.entries(choice.filters).filter(([name]) => !shown.some(([known]) => known === name));
  const { busca: _, ...kept } = listQuery(list, { ...choice, filters: Object.fromEntries(byLink) });
  return (
    <form {...swap(definition.path(slug, {}))} class="search" hx-trigger="submit">
      {hidden(kept)}
      <label class="search-field">
        <span class="hidden">Buscar</span>
        <input
          type="search"
          name="busca"
          value={choice.search}
          placeholder={definition.searchHint}
          maxlength={200}
          enterkeyhint="search"
        />
      </label>
      <button class="button" type="submit" aria-label="Buscar">
        <Icon name="search" />
      </button>
      <details class="menu filter-menu">
        <summary class="button">
          <Icon name="filter" /> Filtros{shownCount > 0 ? ` (${shownCount})` : ''}
        </summary>
        <div class="menu-panel filter-panel">
          <div class="filter-grid">
            {shown.map(([name, filter]) => (
              <FilterField name={name} filter={filter} value={choice.filters[name] ?? ''} options={options[name]} />
            ))}
          </div>
          <p class="filter-acts">
            <button class="button button-main" type="submit">
              Aplicar
            </button>
            <SwapLink class="button" href={listHref(view, { filters: {}, search: '' })}>
              Limpar
            </SwapLink>
          </p>
        </div>
      </details>
    </form>
  );
}

/** A filter of what the company does not have (no options) is not shown; what only a figure asks for is a chip. */
function isShown(filter: Filter, options: OwnOptions[string] | undefined): boolean {
  if (filter.kind === 'currency' || options?.length === 0) return false;
  if (filter.kind === 'own') return options !== undefined;
  return !(filter.kind === 'choice' && filter.isOnlyByLink);
}

type FilterFieldProps = { name: string; filter: Filter; value: string; options: OwnOptions[string] | undefined };

function FilterField({ name, filter, value, options = [] }: FilterFieldProps) {
  if (filter.kind === 'currency') return null;
  const choices =
    filter.kind === 'choice' ? Object.entries(filter.values).map(([value, label]) => ({ value, label })) : options;
  return (
    <label for={`filtro-${name}`}>
      <span class="filter-label">{filter.label}</span>
      {filter.kind === 'money' ? (
        <input
          id={`filtro-${name}`}
          name={name}
          value={value}
          inputmode="decimal"
          placeholder="R$"
          autocomplete="off"
        />
      ) : filter.kind === 'text' ? (
        <>
          <input
            id={`filtro-${name}`}
            name={name}
            value={value}
            placeholder={filter.hint}
            maxlength={200}
            autocomplete="off"
            list={choices.length > 0 ? `conhecidos-${name}` : undefined}
          />
          {choices.length > 0 ? (
            <datalist id={`conhecidos-${name}`}>
              {choices.map((choice) => (
                <option value={choice.value} />
              ))}
            </datalist>
          ) : (
            ''
          )}
        </>
      ) : (
        <select id={`filtro-${name}`} name={name} class="select">
          <option value="">Tanto faz</option>
          {choices.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}

/** Order and page size: a choice acts at once. */
function OrderForm({ view }: { view: ListView }) {
  const { list, slug, choice } = view;
  const { sorts, path } = definitionOf(view);
  const { ordem: _, por_pagina: __, ...kept } = listQuery(list, choice);
  return (
    <form {...swap(path(slug, {}))} class="list-order" hx-trigger="change, submit">
      {hidden(kept)}
      <label>
        <span class="hidden">Ordem</span>
        <select name="ordem" class="select">
          {Object.entries(sorts).map(([name, label]) => (
            <option value={name} selected={name === choice.sort}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label class="wide-only">
        <span class="hidden">Linhas por página</span>
        <select name="por_pagina" class="select">
          {pageSizes.map((size) => (
            <option value={String(size)} selected={size === choice.size}>
              {size} por página
            </option>
          ))}
        </select>
      </label>
      <ScriptlessButton>Ver</ScriptlessButton>
    </form>
  );
}

/** What the list was narrowed to; each chip takes one off. */
function Chips({ view }: { view: ListView }) {
  const chips = activeFilters(view.list, view.choice, view.options);
  if (chips.length === 0) return null;
  return (
    <p class="choices">
      {chips.map(({ label, rest }) => (
        <SwapLink class="chip" href={listHref(view, rest)}>
          <bdi>{label}</bdi> <span aria-hidden="true">×</span>
          <span class="hidden">(tirar este filtro)</span>
        </SwapLink>
      ))}
      {chips.length > 1 ? <SwapLink href={listHref(view, { filters: {}, search: '' })}>Limpar</SwapLink> : ''}
    </p>
  );
}

/** What the address asks for and this list does not give: nobody takes the rows for what was asked. */
function Unread({ view: { unread, isPlaceKnown } }: { view: ListView }) {
  return (
    <>
      {unread.length > 0 ? (
        <p class="list-unread" role="status">
          <Icon name="alert" /> Não entendemos e deixamos de fora: <bdi>{unread.join(' · ')}</bdi>
        </p>
      ) : (
        ''
      )}
      {isPlaceKnown ? (
        ''
      ) : (
        <p class="list-unread" role="status">
          <Icon name="alert" /> O lugar da lista que este endereço guarda não vale mais. Aqui está o começo dela.
        </p>
      )}
    </>
  );
}

/** `312 leads · 50 nesta página · 23 sem telefone válido`, which leads to those. */
function Summary({ view }: { view: ListView }) {
  const { choice, counts, unreachable } = view;
  const { one, many, isFeminine } = definitionOf(view);
  const count = counts[choice.tab]!;
  const none = isFeminine ? 'nenhuma' : 'nenhum';
  return (
    <p id={summaryId} class="faint">
      {countText(count, one, many, none)}
      {view.rowCount < count && view.rowCount > 0 ? ` · ${numberText(view.rowCount)} nesta página` : ''}
      {unreachable && unreachable.count > 0 ? (
        <>
          {' · '}
          <SwapLink href={listHref(view, { filters: { ...choice.filters, telefone: 'sem_valido' } })}>
            {unreachable.isMore ? 'mais de ' : ''}
            {numberText(unreachable.count)} sem telefone válido
          </SwapLink>
        </>
      ) : (
        ''
      )}
    </p>
  );
}

/** The live part of the first page: counts, and rows in place. */
export function ListLive({ view, table, above }: { view: ListView; table: Child; above?: Child }) {
  return (
    <>
      {above}
      <LiveCounts view={view} />
      <Moving id={listId(view.list)}>{table}</Moving>
    </>
  );
}

/** The live part of a deeper page: counts, and the way to what is new. `newCount` = rows that the tab has gained since the page came. */
export function ListNews({ view, newCount }: { view: ListView; newCount: number }) {
  const { one, many, isFeminine } = definitionOf(view);
  const fresh = isFeminine ? [`nova ${one}`, `novas ${many}`] : [`novo ${one}`, `novos ${many}`];
  return (
    <>
      <LiveCounts view={view} />
      <Moving id={newsId}>
        <p id={newsId} class="news">
          {newCount > 0 ? (
            <SwapLink href={listHref(view)}>{countText(newCount, fresh[0]!, fresh[1]!)}: mostrar</SwapLink>
          ) : (
            ''
          )}
        </p>
      </Moving>
    </>
  );
}

function LiveCounts({ view }: { view: ListView }) {
  return (
    <>
      {Object.keys(definitionOf(view).tabs).map((tab) => (
        <Moving id={tabCountId(tab)}>
          <TabCount id={tab} count={view.counts[tab]!} />
        </Moving>
      ))}
      <Moving id={summaryId}>
        <Summary view={view} />
      </Moving>
    </>
  );
}

/** Is the list narrowed by more than tab and period? */
export const isNarrowed = ({ choice }: Pick<ListView, 'choice'>) =>
  choice.search !== '' || Object.keys(choice.filters).length > 0;

const everyPeriod: ListChoice['period'] = { name: 'tudo', firstDay: null, lastDay: null, from: null, to: null };

/** The ways out of a list without rows. */
export function EmptyWays({ view, syncHref }: { view: ListView; syncHref: string }) {
  const isOpen = view.choice.period.name === 'tudo';
  const narrowed = isNarrowed(view);
  return (
    <>
      {narrowed || !isOpen ? (
        <>
          <SwapLink href={listHref(view, { filters: {}, search: '', period: everyPeriod })}>
            {narrowed ? 'Tirar os filtros e ver todo o período' : 'Ver todo o período'}
          </SwapLink>{' '}
          ·{' '}
        </>
      ) : (
        ''
      )}
      <a href={syncHref}>Ver a sincronização</a>
    </>
  );
}
