// One answer of a form's entry. The entry may come before or after it; whenever answers change, their lead is mapped again.
import { runQuery } from '../../db.ts';
import { optionalId, requireId } from '../fields.ts';
import { holdMapping, mapLeads } from '../map-leads.ts';
import { defineTarget } from '../target.ts';

export const leadAnswerTarget = defineTarget<'lead_answer'>({
  target: 'lead_answer',
  table: 'lead_answers',
  hasSource: true,
  isEpisodic: false,
  identitySql: 'c.external_id::text',
  identityOf: (record) => String(optionalId(record.externalId)),
  changeKind: 'lead',
  columns: ['external_id', 'lead_external_id', 'key', 'value'],
  childColumns: {},
  hasKeys: false,
  toRows: (record) => ({
    values: [requireId(record.externalId, 'id'), requireId(record.leadExternalId, 'lead'), record.key, record.value],
    children: {},
    keys: [],
    touchedAt: null,
    isSettled: true,
  }),
  async write({ client, siteId, source, now, lowId, highId }, isAllNew) {
    await holdMapping(client, siteId);
    const place = { tenant: client.tenantId, site: siteId, source, now };
    if (isAllNew) await runQuery(client, 'insert_lead_answers', place);
    else await runQuery(client, 'merge_lead_answers', { ...place, low: lowId, high: highId });
  },
  async afterChange({ client, site, siteId, source, now, tombstones }, externalIds) {
    const { rows } = await client.query<{ id: string }>(
      `select distinct lead_external_id as id from lead_answers
       where tenant_id = $1 and site_id = $2 and source = $3 and external_id = any($4::bigint[])`,
      [client.tenantId, siteId, source, externalIds],
    );
    await mapLeads({ client, site, source, leadExternalIds: rows.map(({ id }) => id), now, tombstones });
  },
});
