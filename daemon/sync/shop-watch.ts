// What a run's copies say about the shop itself: a form whose phone field was renamed, and a WP-Cron that stands still. Looked at after a run that
// brought leads or carts, and at each reconciliation, from our own tables by index; what is wrong stays an alert until it is mended.
import type { SiteId } from '#shared/ids.ts';
import { suggestForm } from '#shared/mapping-suggestion.ts';
import type { TenantClient } from '../db.ts';
import type { SiteSettings } from '../settings.ts';
import type { Source, Target } from '../source.ts';
import { clearAlert, raiseAlert } from './alerts.ts';
import { findMapping } from './field-mapping.ts';
import { inTransaction, type RunKind, type RunProgress, type RunSession } from './run-record.ts';

/** A changed form shows in so many entries; before them the phone was filled in most of up to `before`. */
const newest = 20;
const before = 200;
const usuallyFilled = 0.6;
const hardlyFilled = 0.1;
/** Beyond the cut-off: the plugin's cron runs every 20 minutes, and needs a visitor to run. */
const cronLateMinutes = 120;
/** Older carts are out of every window, and of no use as a sign. */
const cronForgottenDays = 30;

type FormFill = {
  formPlugin: string;
  formId: string;
  title: string | null;
  newestCount: number;
  newestFilled: number;
  olderCount: number;
  olderFilled: number;
};

/** Looks at what the run may have changed; a run without news asks nothing. */
export async function watchShop(
  session: RunSession,
  {
    site,
    sources,
    run,
    kind,
    now,
  }: { site: SiteSettings; sources: readonly Source[]; run: RunProgress; kind: RunKind; now: Date },
): Promise<void> {
  const isReconcile = kind === 'reconcile' || kind === 'full';
  const targets = changedTargets(run, sources);
  const hasLeads = isReconcile || targets.has('lead') || targets.has('lead_answer');
  const hasCarts = isReconcile || targets.has('cart');
  if (!hasLeads && !hasCarts) return;
  await inTransaction(session, async (client) => {
    if (hasLeads) await watchForms(client, site);
    if (hasCarts) await watchCron(client, site, now);
  });
}

function changedTargets({ streams }: RunProgress, sources: readonly Source[]): Set<Target> {
  const changed = streams.filter(({ counts }) => counts.new + counts.changed + counts.missing > 0);
  return new Set(
    changed.flatMap(({ source, stream }) => {
      const found = sources.find(({ name }) => name === source)?.streams.find(({ name }) => name === stream);
      return found ? [found.target] : [];
    }),
  );
}

/** Raises `form_changed` for a form whose mapped phone is not filled any more, clears it when it is again or another key is mapped. */
export async function watchForms(
  client: TenantClient,
  site: Pick<SiteSettings, 'siteId' | 'mappings' | 'areaCode'>,
): Promise<void> {
  const { siteId, mappings, areaCode } = site;
  const open = await listOpenForms(client, siteId);
  for (const form of await listFormFills(client, siteId)) {
    const subject = `${form.formPlugin}:${form.formId}`;
    const oldKey = findMapping(mappings, form.formPlugin, form.formId)?.phoneKey;
    const isEmpty = form.newestCount >= newest && form.newestFilled < hardlyFilled * form.newestCount;
    if (!oldKey || !isEmpty) {
      if (open.has(subject)) await clearAlert(client, siteId, 'form_changed', subject);
      continue;
    }
    const wasFilled = form.olderCount >= newest && form.olderFilled > usuallyFilled * form.olderCount;
    // As entries go on coming, those from before the change move out of sight: what was raised stays.
    if (!wasFilled && !open.has(subject)) continue;
    const newKey = suggestForm(await listNewestAnswers(client, siteId, form), { areaCode }).keys.phone;
    await raiseAlert(client, siteId, {
      code: 'form_changed',
      subject,
      facts: {
        form: subject,
        title: form.title ?? form.formId,
        oldKey,
        ...(newKey && newKey !== oldKey && { newKey }),
      },
    });
  }
}

async function listOpenForms(client: TenantClient, siteId: SiteId): Promise<Set<string>> {
  const { rows } = await client.query<{ subject: string }>(
    `select subject from site_alerts where tenant_id = $1 and site_id = $2 and code = 'form_changed'`,
    [client.tenantId, siteId],
  );
  return new Set(rows.map(({ subject }) => subject));
}

/** Of each form, in how many of its newest entries the mapped phone is filled; entries without any answer say nothing. */
async function listFormFills(client: TenantClient, siteId: SiteId): Promise<FormFill[]> {
  // One step through leads_form_idx a form, then its newest entries from there.
  const { rows } = await client.query<FormFill>(
    `with recursive forms as (
       (select form_plugin, form_id from leads where tenant_id = $1 and site_id = $2 order by form_plugin, form_id limit 1)
       union all
       select next.form_plugin, next.form_id from forms, lateral (
         select l.form_plugin, l.form_id from leads l
         where l.tenant_id = $1 and l.site_id = $2 and (l.form_plugin, l.form_id) > (forms.form_plugin, forms.form_id)
         order by l.form_plugin, l.form_id limit 1) next
     )
     select forms.form_plugin as "formPlugin", forms.form_id as "formId", t.title, fill.*
     from forms
     left join form_titles t on t.tenant_id = $1 and t.site_id = $2 and t.form_plugin = forms.form_plugin and t.form_id = forms.form_id,
     lateral (
       select count(*) filter (where n <= $3)::integer as "newestCount", count(*) filter (where n <= $3 and filled)::integer as "newestFilled",
              count(*) filter (where n > $3)::integer as "olderCount", count(*) filter (where n > $3 and filled)::integer as "olderFilled"
       from (
         select l.phone_raw is not null as filled, row_number() over (order by l.external_id desc) as n
         from leads l
         where l.tenant_id = $1 and l.site_id = $2 and l.form_plugin = forms.form_plugin and l.form_id = forms.form_id
           and exists (select from lead_answers a where a.tenant_id = $1 and a.site_id = $2 and a.source = l.source and a.lead_external_id = l.external_id)
         order by l.external_id desc limit $4
       ) entries
     ) fill`,
    [client.tenantId, siteId, newest, newest + before],
  );
  return rows;
}

async function listNewestAnswers(
  client: TenantClient,
  siteId: SiteId,
  { formPlugin, formId }: FormFill,
): Promise<{ answers: { key: string; value: string }[] }[]> {
  const { rows } = await client.query<{ answers: { key: string; value: string }[] }>(
    `select json_agg(json_build_object('key', a.key, 'value', left(a.value, 500)) order by a.external_id) as answers
     from (
       select source, external_id from leads
       where tenant_id = $1 and site_id = $2 and form_plugin = $3 and form_id = $4 order by external_id desc limit $5
     ) l
     join lead_answers a on a.tenant_id = $1 and a.site_id = $2 and a.source = l.source and a.lead_external_id = l.external_id
     group by l.source, l.external_id order by l.external_id desc`,
    [client.tenantId, siteId, formPlugin, formId, newest],
  );
  return rows;
}

/** Raises `wp_cron_stopped` while carts are still called new long after the plugin's cron should have abandoned them. */
async function watchCron(client: TenantClient, { siteId, cutOffMinutes }: SiteSettings, now: Date): Promise<void> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*) as count from carts
     where tenant_id = $1 and site_id = $2 and plugin_status = 'normal' and is_current and missing_since is null
       and last_activity_at < $3 and last_activity_at > $4`,
    [
      client.tenantId,
      siteId,
      new Date(now.getTime() - (cutOffMinutes + cronLateMinutes) * 60_000),
      new Date(now.getTime() - cronForgottenDays * 86_400_000),
    ],
  );
  const { count } = rows[0]!;
  if (count === '0') await clearAlert(client, siteId, 'wp_cron_stopped');
  else await raiseAlert(client, siteId, { code: 'wp_cron_stopped', facts: { count } });
}
