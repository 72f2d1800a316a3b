// A form's entry. Its name, phone and e-mail come from its answers, which arrive in any order (map-leads.ts); here only the entry itself is
// written. Old servers give an id again after a restart, so the natural key is (id, captured_gmt), and the newest with an id is the current one.
import { runQuery } from '../../db.ts';
import { optionalId, requireId } from '../fields.ts';
import { holdMapping, mapLeads } from '../map-leads.ts';
import { defineTarget } from '../target.ts';

export const leadTarget = defineTarget<'lead'>({
  target: 'lead',
  table: 'leads',
  hasSource: true,
  isEpisodic: false,
  identitySql: `c.external_id || '|' || c.captured_gmt`,
  identityOf: (record) => `${optionalId(record.externalId)}|${record.capturedGmt}`,
  changeKind: 'lead',
  columns: ['external_id', 'captured_gmt', 'captured_at', 'form_plugin', 'form_id', 'page_url'],
  childColumns: {},
  hasKeys: false,
  toRows: (record) => ({
    values: [
      requireId(record.externalId, 'id'),
      record.capturedGmt,
      record.capturedAt,
      record.formPlugin,
      record.formId,
      record.pageUrl,
    ],
    children: {},
    keys: [],
    touchedAt: record.capturedAt,
    isSettled: true,
  }),
  async write({ client, siteId, source, now, lowId, highId }, isAllNew) {
    await holdMapping(client, siteId);
    const place = { tenant: client.tenantId, site: siteId, source, now };
    const range = { ...place, low: lowId, high: highId };
    if (isAllNew) await runQuery(client, 'insert_leads', place);
    else await runQuery(client, 'merge_leads', range);
    await runQuery(client, 'mark_replaced_leads', range);
  },
  async afterChange({ client, site, siteId, source, now, tombstones }, externalIds) {
    await client.query(
      `insert into recompute_queue (tenant_id, entity, entity_id)
       select $1, 'lead', id from leads where tenant_id = $1 and site_id = $2 and source = $3 and external_id = any($4::bigint[])`,
      [client.tenantId, siteId, source, externalIds],
    );
    await mapLeads({ client, site, source, leadExternalIds: externalIds, now, tombstones });
  },
});
