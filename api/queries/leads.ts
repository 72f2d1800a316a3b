// What the Leads screens read: the list by capture, newest first, straight from lead_statuses_period_idx
// (all) or lead_statuses_list_idx (one tab), and one lead with its answers.
import type { LeadStage } from '#shared/contacts/lead-stage.ts';
import type { LeadId } from '#shared/ids.ts';
import {
  formName,
  type LeadAnswer,
  type LeadDetail,
  type LeadForm,
  type LeadPhoneFilter,
  type LeadRow,
  type LeadTab,
  leadTabNames,
  leadTabs,
} from '#web/pages/lead-types.ts';
import type { Period } from '#web/period.ts';
import type { Tx } from '../db.ts';
import type { KeysetPage, Paging } from '../keyset.ts';
import { cursorColumn, inPeriod, readDatedPage } from './dated-page.ts';
import type { SiteName } from './sites.ts';

export type LeadFilter = {
  period: Period;
  site: SiteName | null;
  phone: LeadPhoneFilter | null;
  form: LeadForm | null;
};

function hasPhone(tx: Tx, phone: LeadPhoneFilter | null) {
  switch (phone) {
    case 'movel':
      return tx`and l.phone_status = 'valid' and l.phone_kind = 'mobile'`;
    case 'fixo':
      return tx`and l.phone_status = 'valid' and l.phone_kind = 'landline'`;
    case 'internacional':
      return tx`and l.phone_status = 'valid' and l.phone_kind = 'international'`;
    case 'sem_ddd':
      return tx`and l.phone_status = 'invalid' and l.phone_reason = 'missing_area_code'`;
    case 'invalido':
      return tx`and l.phone_status = 'invalid'`;
    case 'ficticio':
      return tx`and l.phone_status = 'fictitious'`;
    case 'vazio':
      return tx`and l.phone_status = 'empty'`;
    case null:
      return tx``;
  }
}

const isFilteredByLead = ({ site, phone, form }: LeadFilter) => site !== null || phone !== null || form !== null;

const leadConditions = (tx: Tx, { period, site, phone, form }: LeadFilter) => tx`
  ${inPeriod(tx, tx`s.captured_at`, period)}
  ${site ? tx`and l.site_id = ${site.id}` : tx``}
  ${form ? tx`and l.form_plugin = ${form.formPlugin} and l.form_id = ${form.formId}` : tx``}
  ${hasPhone(tx, phone)}`;

/** How many leads each tab holds under the other filters. */
export async function countLeads(tx: Tx, filter: LeadFilter): Promise<Record<LeadTab, number>> {
  const rows = await tx<{ customerStatus: string; count: number }[]>`
    select s.customer_status, count(*)::int as count
    from lead_statuses s
    ${isFilteredByLead(filter) ? tx`join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id` : tx``}
    where true ${leadConditions(tx, filter)}
    group by s.customer_status`;
  const counts = Object.fromEntries(
    leadTabNames.map((tab) => [
      tab,
      rows.reduce(
        (sum, row) => sum + (leadTabs[tab] === null || leadTabs[tab] === row.customerStatus ? row.count : 0),
        0,
      ),
    ]),
  );
  return counts as Record<LeadTab, number>;
}

/** Does any lead of the company have a size? */
export async function hasSizes(tx: Tx): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`select exists (select from leads where size is not null) as found`;
  return row!.found;
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

type FoundLead = LeadRow & { stage: LeadStage; cursorAt: string };

/** One page of a tab. */
export async function listLeads(
  tx: Tx,
  { tab, filter, paging }: { tab: LeadTab; filter: LeadFilter; paging: Paging },
): Promise<KeysetPage<FoundLead>> {
  const status = leadTabs[tab];
  const at = tx`s.captured_at`;
  return await readDatedPage<FoundLead>(tx, {
    at,
    id: tx`s.lead_id`,
    paging,
    isOpenPeriod: filter.period.from === null && filter.period.to === null,
    read: ({ condition, order, limit }) => tx<FoundLead[]>`
      select ${leadColumns(tx)}, ${cursorColumn(tx, at)},
             coalesce((select g.stage from lead_stages g where g.tenant_id = s.tenant_id and g.lead_id = s.lead_id and g.undone_at is null
                       order by g.id desc limit 1), 'new') as stage
      from lead_statuses s ${leadJoins(tx)}
      where true ${status ? tx`and s.customer_status = ${status}` : tx``} ${leadConditions(tx, filter)} ${condition}
      order by ${order} limit ${limit}`,
  });
}

/** Puts a tab's leads into export_ids, in the list's order. */
export async function chooseLeads(tx: Tx, { tab, filter }: { tab: LeadTab; filter: LeadFilter }): Promise<void> {
  const status = leadTabs[tab];
  await tx`
    insert into export_ids (id)
    select s.lead_id from lead_statuses s join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id
    where true ${status ? tx`and s.customer_status = ${status}` : tx``} ${leadConditions(tx, filter)}
    order by s.captured_at desc, s.lead_id desc`;
}

/** One lead with every answer of its form; null when this company has no such lead. */
export async function findLead(tx: Tx, id: LeadId): Promise<LeadDetail | null> {
  type Found = LeadDetail & { siteId: string; source: string; externalId: string };
  const [lead] = await tx<Found[]>`
    select ${leadColumns(tx)}, l.captured_gmt, l.site_id, l.source, l.external_id, site.name as site_name
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
