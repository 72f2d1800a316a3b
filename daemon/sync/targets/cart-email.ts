// An e-mail that the shop's cart plugin sent or will send: the evidence that a cart came back by the plugin's own reminder (docs/rules.md, Match).
import { runQuery } from '../../db.ts';
import { optionalId, requireId, trimmed } from '../fields.ts';
import { defineTarget } from '../target.ts';

export const cartEmailTarget = defineTarget<'cart_email'>({
  target: 'cart_email',
  table: 'cart_emails',
  hasSource: true,
  isEpisodic: false,
  identitySql: 'c.external_id::text',
  identityOf: (record) => String(optionalId(record.externalId)),
  changeKind: 'cart',
  columns: ['external_id', 'session_id', 'coupon_code', 'scheduled_text', 'scheduled_at', 'state'],
  childColumns: {},
  hasKeys: false,
  toRows: (record) => ({
    values: [
      requireId(record.externalId, 'id'),
      record.sessionId,
      trimmed(record.couponCode)?.toLowerCase() ?? null,
      record.scheduledText,
      record.scheduledAt,
      record.state,
    ],
    children: {},
    keys: [],
    touchedAt: null,
    isSettled: true,
  }),
  async write({ client, siteId, source, now, lowId, highId }, isAllNew) {
    const place = { tenant: client.tenantId, site: siteId, source, now };
    if (isAllNew) await runQuery(client, 'insert_cart_emails', place);
    else await runQuery(client, 'merge_cart_emails', { ...place, low: lowId, high: highId });
  },
  async afterChange({ client, siteId, source }, externalIds) {
    await client.query(
      `insert into recompute_queue (tenant_id, entity, entity_id)
       select $1, 'cart', c.id from carts c
       where c.tenant_id = $1 and c.site_id = $2 and c.session_id in (
         select e.session_id from cart_emails e
         where e.tenant_id = $1 and e.site_id = $2 and e.source = $3 and e.external_id = any($4::bigint[]))`,
      [client.tenantId, siteId, source, externalIds],
    );
  },
});
