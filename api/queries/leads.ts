// What the Leads screens read: the list by capture, and one lead with its answers.
import type { LeadStage } from '#shared/contacts/lead-stage.ts';
import type { LeadId } from '#shared/ids.ts';
import { manualFormPlugin } from '#shared/manual-lead.ts';
import type { ListChoice } from '#web/lists.ts';
import {
  formName,
  type LeadAnswer,
  type LeadDetail,
  type LeadForm,
  type LeadRow,
  leadTabs,
  pagePath,
} from '#web/pages/lead-types.ts';
import type { Fragment, Tx } from '../db.ts';
import { clockConditions, contactConditions, inPeriod, siteCondition } from '../lists/conditions.ts';
import {
  type Conditions,
  chosenConditions,
  countTabs,
  inOrder,
  isPlain,
  type ListContext,
  type ListSql,
  sumTabs,
} from '../lists/read.ts';
import { searchMatches } from './search.ts';

const stages: Readonly<Record<string, LeadStage>> = {
  novo: 'new',
  contactado: 'contacted',
  potencial: 'potential',
  perdido: 'lost',
};

/** The stage in force of the lead `s` or `l`. With `limit 1` the planner may look for it among the company's newest stages instead of the lead's. */
const stageOf = (tx: Tx, leadId: Fragment) => tx`
  coalesce((select (array_agg(g.stage order by g.id desc))[1] from lead_stages g where g.lead_id = ${leadId} and g.undone_at is null), 'new')`;

/** How a lead's phone is, by the values of the filter. */
export const phoneConditions = (tx: Tx): Readonly<Record<string, Fragment>> => ({
  movel: tx`l.phone_status = 'valid' and l.phone_kind = 'mobile'`,
  fixo: tx`l.phone_status = 'valid' and l.phone_kind = 'landline'`,
  internacional: tx`l.phone_status = 'valid' and l.phone_kind = 'international'`,
  sem_ddd: tx`l.phone_status = 'invalid' and l.phone_reason = 'missing_area_code'`,
  invalido: tx`l.phone_status = 'invalid'`,
  ficticio: tx`l.phone_status = 'fictitious'`,
  vazio: tx`l.phone_status = 'empty'`,
  sem_valido: tx`l.phone_status <> 'valid'`,
});

/** Did a lead before this one give the same number? */
export const repeatsPhone = (tx: Tx) => tx`
  l.phone_status = 'valid' and exists (
    select from match_keys k where k.tenant_id = l.tenant_id and k.key = 'p:' || l.phone_e164 and k.entity = 'lead' and k.entity_id < l.id)`;

const leadConditions = (tx: Tx, { now, timeZone }: ListContext): Conditions<'leads'> => ({
  ...contactConditions(tx, 'lead', tx`s.lead_id`, now),
  ...siteCondition(tx, tx`l.site_id`),
  situacao: (value) => tx`${stageOf(tx, tx`s.lead_id`)} = ${stages[value]!}`,
  telefone: (value) => phoneConditions(tx)[value]!,
  formulario(value) {
    const [plugin = '', ...id] = value.split(':');
    return tx`l.form_plugin = ${plugin} and l.form_id = ${id.join(':')}`;
  },
  // a part of the address, or a whole one without what differs from visit to visit
  endereco: (value) => tx`strpos(lower(l.page_url), lower(${pagePath(value)})) > 0`,
  origem: (value) =>
    value === 'manual' ? tx`l.form_plugin = ${manualFormPlugin}` : tx`l.form_plugin <> ${manualFormPlugin}`,
  tamanho: (value) => tx`fold_words(l.size) = fold_words(${value})`,
  repetido: () => repeatsPhone(tx),
  ...clockConditions(tx, tx`s.captured_at`, timeZone),
});

const tabStatuses = Object.fromEntries(
  Object.entries(leadTabs).map(([tab, status]) => [tab, status === null ? null : [status]]),
);

/** The list as it is read (api/lists/read.ts): by capture, straight from lead_statuses_period_idx, or lead_statuses_list_idx for one tab. */
export function leadSql(tx: Tx, { period, filters }: ListChoice, context: ListContext): ListSql {
  const captured = {
    at: tx`s.captured_at`,
    id: tx`s.lead_id`,
    type: 'timestamptz',
    // A day without a date is in no period but the open one.
    ...(period.from === null && period.to === null ? { nulls: 'first' as const } : {}),
  } as const;
  return {
    from: tx`lead_statuses s join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id`,
    rowId: tx`s.lead_id`,
    status: tx`s.customer_status`,
    tabStatuses,
    conditions: tx`
      ${inPeriod(tx, tx`s.captured_at`, period)} ${searchMatches(tx, context.search, 'lead', tx`s.lead_id`)}
      ${chosenConditions(tx, leadConditions(tx, context), filters)}`,
    unreachable: tx`l.phone_status <> 'valid' ${inPeriod(tx, tx`l.captured_at`, period)}`,
    sorts: {
      recentes: captured,
      antigos: { ...captured, isAscending: true, ...(captured.nulls ? { nulls: 'last' as const } : {}) },
      nome: { at: tx`l.name_order`, id: tx`l.id`, type: 'text', isAscending: true, nulls: 'last' },
    },
  };
}

/** How many leads each tab holds under the other parts of the choice. Without search and filters the days say it. */
export async function countLeads(tx: Tx, sql: ListSql, choice: ListChoice): Promise<Record<string, number>> {
  if (!isPlain(choice)) return await countTabs(tx, sql);
  const { firstDay, lastDay } = choice.period;
  const rows = await tx<{ status: string; count: number }[]>`
    select customer_status as status, sum(lead_count)::int as count from lead_days
    where true ${firstDay ? tx`and day between ${firstDay} and ${lastDay}` : tx``} group by 1`;
  return sumTabs(tabStatuses, rows);
}

/** Does any lead of the company have a size? */
export async function hasSizes(tx: Tx): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`select exists (select from leads where size is not null) as found`;
  return row!.found;
}

/** The pages that most of the newest leads came from, most first, without host and query. */
export async function listLeadPages(tx: Tx): Promise<string[]> {
  const rows = await tx<{ pageUrl: string }[]>`
    select page_url from (select page_url from leads order by id desc limit 1000) newest where page_url <> ''`;
  const counts = new Map<string, number>();
  for (const path of rows.map(({ pageUrl }) => pagePath(pageUrl))) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 20)
    .map(([path]) => path);
}

/** More forms than anybody chooses from. */
const mostForms = 100;

/** The forms that the company's leads came by, each once, by title; read from leads_form_idx one step a form. */
export async function listLeadForms(tx: Tx): Promise<LeadForm[]> {
  const rows = await tx<LeadForm[]>`
    with recursive forms as (
      (select site_id, form_plugin, form_id, 1 as step from leads order by site_id, form_plugin, form_id limit 1)
      union all
      select next.site_id, next.form_plugin, next.form_id, forms.step + 1
      from forms, lateral (
        select l.site_id, l.form_plugin, l.form_id from leads l
        where (l.site_id, l.form_plugin, l.form_id) > (forms.site_id, forms.form_plugin, forms.form_id)
        order by l.site_id, l.form_plugin, l.form_id limit 1) next
      where forms.step < ${mostForms}
    )
    select distinct on (form_plugin, form_id) form_plugin, form_id, title as form_title
    from forms left join form_titles using (site_id, form_plugin, form_id)
    order by form_plugin, form_id, title nulls last`;
  return [...rows].sort((a, b) => formName(a).localeCompare(formName(b), 'pt-BR'));
}

const leadColumns = (tx: Tx) => tx`
  l.id, l.name, l.email, l.email_raw, l.phone_e164, l.phone_status, l.phone_kind, l.phone_reason, l.phone_warnings, l.phone_raw, l.size,
  l.form_plugin, l.form_id, t.title as form_title, l.page_url, l.captured_at, l.missing_since, s.customer_status, s.order_id,
  (select m.person_id from person_members m where m.tenant_id = s.tenant_id and m.entity = 'lead' and m.entity_id = s.lead_id) as person_id,
  coalesce(o.order_number, o.external_id::text) as order_number, coalesce(o.created_at, o.paid_at) as order_created_at,
  o.net_minor as order_net_minor, o.currency as order_currency`;

const leadJoins = (tx: Tx) => tx`
  join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id
  left join form_titles t on t.tenant_id = l.tenant_id and t.site_id = l.site_id and t.form_plugin = l.form_plugin and t.form_id = l.form_id
  left join orders o on o.tenant_id = s.tenant_id and o.id = s.order_id`;

type ListedLead = LeadRow & { stage: LeadStage };

/** The rows of a page, in its order. */
export async function loadLeadRows(tx: Tx, ids: readonly string[]): Promise<ListedLead[]> {
  const rows = await tx<ListedLead[]>`
    select ${leadColumns(tx)}, ${stageOf(tx, tx`s.lead_id`)} as stage
    from lead_statuses s ${leadJoins(tx)} where s.lead_id = any(${[...ids]}::bigint[])`;
  return inOrder(ids, rows);
}

/** One lead with every answer of its form; null when this company has no such lead. */
export async function findLead(tx: Tx, id: LeadId): Promise<LeadDetail | null> {
  type Found = LeadDetail & { siteId: string; source: string; externalId: string };
  const [lead] = await tx<Found[]>`
    select ${leadColumns(tx)}, l.captured_gmt, l.site_id, l.source, l.external_id, site.name as site_name,
           (select e.reason from erased_records e where e.entity = 'lead' and e.entity_id = s.lead_id) as erased_for
    from lead_statuses s ${leadJoins(tx)}
    join sites site on site.tenant_id = l.tenant_id and site.id = l.site_id
    where s.lead_id = ${id}`;
  if (!lead) return null;
  // Old servers give an id again: the answers then belong to the newest lead with it.
  const answers = await tx<LeadAnswer[]>`
    select key, value from lead_answers
    where site_id = ${lead.siteId} and source = ${lead.source} and lead_external_id = ${lead.externalId} and missing_since is null
      and not exists (
        select from leads newer
        where newer.site_id = ${lead.siteId} and newer.source = ${lead.source} and newer.external_id = ${lead.externalId} and newer.id > ${id})
    order by external_id`;
  return { ...lead, answers: [...answers] };
}
