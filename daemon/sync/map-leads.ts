// Name, phone, e-mail and size of leads, from their answers and the shop's field mapping. Runs in the batch that brought entries or answers, in
// whichever order they come, and over all stored answers when the mapping changes: the shop need not be asked again.
import { emailKeyOf } from '#shared/email.ts';
import type { SiteId } from '#shared/ids.ts';
import { matchKeysOf } from '#shared/match-keys.ts';
import { normalizePhone } from '#shared/phone.ts';
import { runQuery, type TenantClient } from '../db.ts';
import { eraseMappedLeads } from '../erasure/erase-leads.ts';
import { eraseKeyLine } from '../erasure/erased-form.ts';
import type { Erasures, Tombstones } from '../erasure/tombstones.ts';
import { loadMappings, loadSite, type SiteSettings } from '../settings.ts';
import { copyLine, hash63, type Value } from './copy-text.ts';
import { mapAnswers } from './field-mapping.ts';
import { keyText, phoneColumns, phoneValues } from './fields.ts';
import { mergeMatchKeys } from './match-keys.ts';
import { copyLines, createStagingTables } from './staging.ts';

type LeadRow = {
  id: string;
  form_plugin: string;
  form_id: string;
  mapped_hash: string | null;
  answers: { key: string; value: string }[];
  /** An answer that was somebody's erased e-mail or phone. */
  hasErased: boolean;
};

const valueColumns = ['name', 'phone_raw', ...phoneColumns, 'email_raw', 'email', 'size'];

/**
 * Taken by a batch before it writes leads or answers: either it ends before the mapping of the shop changes, and its leads are mapped again with the
 * others, or it begins after that and reads the new mapping. None is left with the old one.
 */
export async function holdMapping(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query('select from sites where tenant_id = $1 and id = $2 for share', [client.tenantId, siteId]);
}

/**
 * Maps the current leads with these external ids. Answers that the shop no longer has do not count, unless the lead itself is gone: a lead
 * deleted in the shop keeps what it said. One that has an erased key is erased with its answers, and an erased one stays as it is. Gives how many
 * leads changed; they are queued for recomputation.
 */
export async function mapLeads({
  client,
  site,
  source,
  leadExternalIds,
  now,
  tombstones,
}: {
  client: TenantClient;
  site: SiteSettings;
  source: string;
  leadExternalIds: string[];
  now: Date;
  tombstones: Tombstones | null;
}): Promise<number> {
  if (leadExternalIds.length === 0) return 0;
  // As they are now: the run may have begun under others.
  const mappings = await loadMappings(client, site.siteId);
  const { rows } = await client.query<LeadRow>(
    `select l.id, l.form_plugin, l.form_id, l.mapped_hash,
            coalesce(json_agg(json_build_object('key', a.key, 'value', a.value) order by a.external_id) filter (where a.external_id is not null), '[]') as answers,
            coalesce(bool_or(a.value = '' and a.scan_hash is null), false) as "hasErased"
     from (
       select distinct on (l.external_id) l.* from leads l
       where l.tenant_id = $1 and l.site_id = $2 and l.source = $3 and l.external_id = any($4::bigint[])
       order by l.external_id, l.captured_gmt desc
     ) l
     left join lead_answers a on a.tenant_id = $1 and a.site_id = $2 and a.source = $3 and a.lead_external_id = l.external_id
       and a.lead_external_id = any($4::bigint[]) and (a.missing_since is null or l.missing_since is not null)
     where not exists (select from erased_records e where e.tenant_id = $1 and e.entity = 'lead' and e.entity_id = l.id)
     group by l.id, l.form_plugin, l.form_id, l.mapped_hash`,
    [client.tenantId, site.siteId, source, leadExternalIds],
  );
  const lines: string[] = [];
  const keys: string[] = [];
  const erased: string[] = [];
  let isAllNew = true;
  for (const lead of rows) {
    const mapped = mapAnswers({ formPlugin: lead.form_plugin, formId: lead.form_id }, lead.answers, mappings);
    const phone = normalizePhone(mapped.phone, { defaultAreaCode: site.areaCode });
    const values: Value[] = [
      mapped.name,
      mapped.phone,
      ...phoneValues(phone),
      mapped.email,
      emailKeyOf(mapped.email),
      mapped.size,
    ];
    const found = matchKeysOf({ emails: [mapped.email], phones: [phone], isAnonymized: false });
    const keyLines = found.map((key) => copyLine([lead.id, keyText(key), key.phoneKind, key.isPresumed]));
    // Without a key of its own the erased answer tells whose lead it is; with one it is somebody else's, who names the erased person.
    const isErased =
      tombstones !== null &&
      (found.some((key) => tombstones.find(keyText(key)) === 'erases') || (found.length === 0 && lead.hasErased));
    if (isErased) erased.push(lead.id);
    const leadKeys = isErased ? keyLines.map((line) => eraseKeyLine(line, tombstones)) : keyLines;
    const line = copyLine(isErased ? [null, null, ...phoneValues(normalizePhone(null)), null, null, null] : values);
    const hash = hash63([line, ...leadKeys].join('\n'));
    const isEmpty = mapped.name === null && mapped.phone === null && mapped.email === null && mapped.size === null;
    if (hash === lead.mapped_hash || (isEmpty && lead.mapped_hash === null)) continue;
    if (lead.mapped_hash !== null) isAllNew = false;
    lines.push(`${lead.id}\t${line}\t${hash}`);
    keys.push(...leadKeys);
  }
  if (lines.length === 0) return 0;

  // The same batch may have passed through these tables already; to empty them takes as long as to write a hundred leads.
  const passed = await client.query('select from staged_touched limit 1');
  if (passed.rowCount) await client.query('truncate staged_lead_values, staged_keys, staged_touched');
  await copyLines(client, 'staged_lead_values', ['lead_id', ...valueColumns, 'mapped_hash'], lines);
  await copyLines(client, 'staged_keys', ['external_id', 'key', 'phone_kind', 'is_presumed'], keys);
  await client.query(
    'insert into staged_touched (external_id, entity_id) select lead_id, lead_id from staged_lead_values',
  );
  const changed = await runQuery(client, 'update_lead_values', { tenant: client.tenantId, now });
  await mergeMatchKeys(client, 'lead', { isAllNew });
  if (tombstones) await eraseMappedLeads(client, erased, { tombstones, now });
  await client.query(
    `insert into recompute_queue (tenant_id, entity, entity_id) select $1, 'lead', entity_id from staged_touched`,
    [client.tenantId],
  );
  return changed.rowCount ?? 0;
}

/** Maps every stored lead of a shop again, after its field mapping changed; gives how many leads changed. Runs in the client's transaction. */
export async function remapLeads(client: TenantClient, siteId: SiteId, erasures: Erasures): Promise<number> {
  await createStagingTables(client);
  const tombstones = await erasures.hold(client);
  await client.query('update sites set mapping_version = mapping_version + 1 where tenant_id = $1 and id = $2', [
    client.tenantId,
    siteId,
  ]);
  const site = await loadSite(client, siteId);
  const now = new Date();
  let changed = 0;
  const { rows: sources } = await client.query<{ source: string }>(
    'select distinct source from leads where tenant_id = $1 and site_id = $2',
    [client.tenantId, siteId],
  );
  for (const { source } of sources) {
    let afterId = '0';
    while (true) {
      const { rows } = await client.query<{ id: string }>(
        `select distinct external_id as id from leads
         where tenant_id = $1 and site_id = $2 and source = $3 and external_id > $4 order by external_id limit 1000`,
        [client.tenantId, siteId, source, afterId],
      );
      if (rows.length === 0) break;
      afterId = rows.at(-1)!.id;
      changed += await mapLeads({
        client,
        site,
        source,
        leadExternalIds: rows.map(({ id }) => id),
        now,
        tombstones,
      });
    }
  }
  return changed;
}
