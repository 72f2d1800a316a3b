// Leads: who left a contact, whether the phone is usable, and whether the person already was a customer, became one or not yet. The first page
// moves by itself; deeper pages only say that there is something new.
import { ContactMarks } from '../components/contact-marks.tsx';
import { stageLabels } from '../components/contact-types.ts';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ExportLink } from '../components/export-link.tsx';
import { type ListFilter, ListFilters, siteFilter } from '../components/list-filters.tsx';
import { Pager } from '../components/pager.tsx';
import { Partial } from '../components/partial.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { Phone } from '../components/phone.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { TabCount, Tabs, tabCountId } from '../components/tabs.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { type Period, periodQuery } from '../period.ts';
import { LeadCustomer, pagePath } from './lead.tsx';
import {
  formName,
  type LeadForm,
  type LeadListRow,
  type LeadPhoneFilter,
  type LeadRow,
  type LeadTab,
  leadPhoneFilters,
  leadTabNames,
} from './lead-types.ts';

export const leadTabLabels: Readonly<Record<LeadTab, string>> = {
  todos: 'Todos',
  ja_era: 'Já eram clientes',
  virou: 'Viraram clientes',
  ainda_nao: 'Ainda não são clientes',
};

const phoneLabels: Readonly<Record<LeadPhoneFilter, string>> = {
  movel: 'Celular',
  fixo: 'Fixo',
  internacional: 'Internacional',
  sem_ddd: 'Sem DDD',
  invalido: 'Inválido',
  ficticio: 'Fictício',
  vazio: 'Sem telefone',
};

const listId = 'lista-leads';
const newsId = 'novidades';
export const leadRowId = (id: LeadRow['id']) => `lead-${id}`;

/** What the query string chooses. */
export type LeadChoice = {
  tab: LeadTab;
  period: Period;
  site: string | null;
  phone: LeadPhoneFilter | null;
  form: LeadForm | null;
};

/** `wp-forms:321`, as in the query string. */
export const formKey = ({ formPlugin, formId }: Pick<LeadForm, 'formPlugin' | 'formId'>) => `${formPlugin}:${formId}`;

export type LeadList = LeadChoice & {
  slug: string;
  sites: readonly { slug: string; name: string }[];
  forms: readonly LeadForm[];
  counts: Record<LeadTab, number>;
  rows: readonly LeadListRow[];
  before: string | null;
  after: string | null;
  hasSizes: boolean;
  clock: Clock;
  isMasked: boolean;
  canExport: boolean;
  canContact: boolean;
};

/** The query that gives this list again; `todos` is the default. */
export function leadListQuery({ tab, period, site, phone, form }: LeadChoice): Record<string, string> {
  return {
    ...(tab === 'todos' ? {} : { cliente: tab }),
    ...(site ? { loja: site } : {}),
    ...(phone ? { telefone: phone } : {}),
    ...(form ? { formulario: formKey(form) } : {}),
    ...periodQuery(period),
  };
}

const everyPeriod: Period = { name: 'tudo', firstDay: null, lastDay: null, from: null, to: null };
const defaultPeriod: Period = { ...everyPeriod, name: '30dias' };

export function LeadsPage(list: LeadList) {
  const { slug, tab, period, site, phone, form, sites, forms, counts, before, after } = list;
  const path = paths.leads(slug);
  const filters: ListFilter[] = [
    ...siteFilter(sites, site),
    {
      name: 'telefone',
      label: 'Telefone',
      all: 'Todos os telefones',
      options: leadPhoneFilters.map((value) => ({ value, label: phoneLabels[value] })),
      value: phone,
    },
    ...formFilter(forms, form),
  ];
  return (
    <>
      <PageHead title="Leads">
        {list.canExport ? <ExportLink slug={slug} list="leads" query={leadListQuery(list)} /> : ''}
        <PeriodPicker path={path} period={period} query={leadListQuery({ ...list, period: defaultPeriod })} />
      </PageHead>
      <Tabs
        label="Leads por relação com a loja"
        tabs={leadTabNames.map((id) => ({
          id,
          label: leadTabLabels[id],
          href: paths.leads(slug, leadListQuery({ ...list, tab: id })),
          count: counts[id],
          isCurrent: id === tab,
        }))}
      />
      <ListFilters
        path={path}
        query={leadListQuery({ ...list, site: null, phone: null, form: null })}
        filters={filters}
      />
      <p id={newsId} class="news" />
      <LeadTable {...list} />
      <Pager path={path} query={leadListQuery(list)} before={before} after={after} />
    </>
  );
}

/** Only where there is a choice. */
function formFilter(forms: readonly LeadForm[], chosen: LeadForm | null): ListFilter[] {
  if (forms.length < 2) return [];
  const options = forms.map((form) => ({ value: formKey(form), label: formName(form) }));
  return [
    { name: 'formulario', label: 'Formulário', all: 'Todos os formulários', options, value: chosen && formKey(chosen) },
  ];
}

function LeadTable(list: LeadList) {
  const { slug, rows, hasSizes } = list;
  if (rows.length === 0) return <LeadsEmpty {...list} />;
  return (
    <div id={listId} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Nome</th>
            <th scope="col">WhatsApp</th>
            <th scope="col">E-mail</th>
            {hasSizes ? <th scope="col">Tamanho</th> : ''}
            <th scope="col">Cliente?</th>
            <th scope="col">Contato</th>
            <th scope="col">Capturado</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((lead) => (
            <LeadTableRow lead={lead} slug={slug} list={list} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LeadsEmpty({ slug, tab, site, phone, form }: LeadList) {
  const words: Record<LeadTab, string> = {
    todos: 'Nenhum lead neste período.',
    ja_era: 'Nenhum lead que já era cliente neste período.',
    virou: 'Nenhum lead virou cliente neste período.',
    ainda_nao: 'Nenhum lead ainda por virar cliente neste período.',
  };
  const isFiltered = site !== null || phone !== null || form !== null;
  return (
    <div id={listId}>
      <EmptyState icon="leads" title={isFiltered ? 'Nenhum lead com estes filtros neste período.' : words[tab]}>
        <SwapLink
          href={paths.leads(slug, leadListQuery({ tab, site: null, phone: null, form: null, period: everyPeriod }))}
        >
          {isFiltered ? 'Tirar os filtros e ver todo o período' : 'Ver todo o período'}
        </SwapLink>{' '}
        · <a href={paths.sync(slug)}>Ver a sincronização</a>
      </EmptyState>
    </div>
  );
}

export function leadName(lead: Pick<LeadRow, 'name'>): string {
  return lead.name?.trim() || 'Sem nome';
}

function LeadTableRow({ lead, slug, list }: { lead: LeadListRow; slug: string; list: LeadList }) {
  const { clock, isMasked, canContact, hasSizes } = list;
  return (
    <tr id={leadRowId(lead.id)}>
      <td class="cell-main">
        <a class="row-link" href={paths.lead(slug, lead.id)}>
          <bdi>{leadName(lead)}</bdi>
        </a>
        {lead.missingSince ? <span class="chip">Removido na loja</span> : ''}
        <span class="faint">
          <bdi class="break">{formName(lead)}</bdi>
          {lead.pageUrl ? <span class="clamp">{pagePath(lead.pageUrl)}</span> : ''}
        </span>
      </td>
      <td data-label="WhatsApp">
        <Phone phone={lead} isMasked={isMasked} />
      </td>
      <td data-label="E-mail" class="cell-email">
        <span>
          <Email of={lead} isMasked={isMasked} />
        </span>
      </td>
      {hasSizes ? <td data-label="Tamanho">{lead.size ?? <span class="faint">—</span>}</td> : ''}
      <td data-label="Cliente?" class="cell-customer">
        <LeadCustomer lead={lead} slug={slug} clock={clock} />
      </td>
      <td data-label="Contato" class="cell-contact">
        <span class="stack">
          {lead.stage === 'new' ? '' : <span class="chip">{stageLabels[lead.stage]}</span>}
          <ContactMarks slug={slug} state={lead.contact} clock={clock} canContact={canContact} />
        </span>
      </td>
      <td data-label="Capturado">
        {lead.capturedAt ? (
          <span class="nowrap">
            <Time at={lead.capturedAt} clock={clock} />
          </span>
        ) : (
          <span class="faint">sem data legível</span>
        )}
      </td>
    </tr>
  );
}

/** The live part of the first page: counts and rows in place. */
export function LeadsLive(list: LeadList) {
  return (
    <>
      <LiveCounts counts={list.counts} />
      <Partial id={listId}>
        <LeadTable {...list} />
      </Partial>
    </>
  );
}

/** The live part of a deeper page. `newCount` = leads that the tab has gained since the page came. */
export function LeadsNews(list: LeadChoice & Pick<LeadList, 'slug' | 'counts'> & { newCount: number }) {
  return (
    <>
      <LiveCounts counts={list.counts} />
      <Partial id={newsId}>
        <p id={newsId} class="news">
          {list.newCount > 0 ? (
            <SwapLink href={paths.leads(list.slug, leadListQuery(list))}>
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

function LiveCounts({ counts }: { counts: Record<LeadTab, number> }) {
  return (
    <>
      {leadTabNames.map((tab) => (
        <Partial id={tabCountId(tab)}>
          <TabCount id={tab} count={counts[tab]} />
        </Partial>
      ))}
    </>
  );
}
