// Leads and carts of the old system that the shop has no more: its rows are the only trace of them. They come as records that the shop lost, under the
// shop's own numbers, with the values that stand there. Only a shop that has been read to its end can say that a row is gone.
import { emailKeyOf } from '#shared/email.ts';
import type { SiteId } from '#shared/ids.ts';
import { matchKeysOf } from '#shared/match-keys.ts';
import { parseDecimal, toMinor } from '#shared/money.ts';
import { normalizePhone } from '#shared/phone.ts';
import { statementsOf, type TenantClient } from '../db.ts';
import type { Tombstones } from '../erasure/tombstones.ts';
import { keyText, phoneValues } from '../sync/fields.ts';
import { parseLocal } from '../wordpress/wordpress-time.ts';
import { type OldRow, textOf } from './old-rows.ts';
import type { Outcome } from './tally.ts';

/** The old system took the shops' wall clocks for this zone's, whatever the shop's. */
const oldZone = 'America/Sao_Paulo';

export type Shop = {
  id: SiteId;
  areaCode: string | null;
  currency: string;
  timeZone: string;
  /** Since when nothing older than this can be missing here unless it is gone there; null before the first load has ended. */
  leadsReadAt: Date | null;
  cartsReadAt: Date | null;
};

/** The company's first shop, which is the one that the old system knew. */
export async function findShop(client: TenantClient): Promise<Shop | null> {
  const readAt = (source: string, stream: string) =>
    `(select case when bool_and(k.caught_up_at is not null) then min(k.caught_up_at) end from cursors k
      where k.tenant_id = s.tenant_id and k.site_id = s.id and k.source = '${source}' and k.stream = '${stream}')`;
  const { rows } = await client.query<Shop>(
    `select s.id, coalesce(s.area_code, t.area_code) as "areaCode", coalesce(s.currency, s.detected_currency, t.currency) as currency,
            coalesce(s.time_zone, s.detected_time_zone, t.time_zone) as "timeZone",
            ${readAt('form-vibes', 'entries')} as "leadsReadAt", ${readAt('cart-abandonment', 'carts')} as "cartsReadAt"
     from sites s join tenants t on t.id = s.tenant_id where s.tenant_id = $1 order by s.id limit 1`,
    [client.tenantId],
  );
  return rows[0] ?? null;
}

/**
 * Brings one row under `externalId`, the shop's number; the id is null when it must not come. Null when nothing says that the shop has it no more: the
 * shop was not read to its end, or the row has no date, or one from after that.
 */
export async function bringGone(
  client: TenantClient,
  old: OldRow,
  {
    entity,
    externalId,
    shop,
    tombstones,
    now,
  }: { entity: 'lead' | 'cart'; externalId: string; shop: Shop | null; tombstones: Tombstones | null; now: Date },
): Promise<{ id: string | null; outcome: Outcome } | null> {
  const readAt = entity === 'lead' ? shop?.leadsReadAt : shop?.cartsReadAt;
  const at = shop && instantOf(textOf(old, 'created_at'), shop.timeZone);
  if (!shop || !readAt || !at || at >= readAt || !/^[1-9]\d{0,17}$/.test(externalId)) return null;
  const email = textOf(old, 'email', 'customer_email');
  const phoneText = textOf(old, 'whatsapp', 'phone', 'telefone', 'customer_phone');
  const phone = normalizePhone(phoneText, { defaultAreaCode: shop.areaCode });
  const name = [...textOf(old, 'name', 'nome', 'customer_name')].slice(0, 200).join('');
  const keys = matchKeysOf({ emails: [email], phones: [phone], isAnonymized: false });
  if (tombstones && keys.some((key) => tombstones.find(keyText(key)) === 'erases'))
    return { id: null, outcome: { left: 'a pessoa foi eliminada' } };
  const common = [client.tenantId, shop.id, externalId, at, name || null, phoneText || null, ...phoneValues(phone)];
  const contact = [email || null, emailKeyOf(email), now];
  const { rows } =
    entity === 'lead'
      ? await client.query<{ id: string }>(
          `insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_raw, phone_e164,
                              phone_status, phone_kind, phone_reason, phone_warnings, email_raw, email, source_hash, first_seen_at, changed_at,
                              missing_since, size)
           values ($1, $2, 'form-vibes', $3, to_char($4::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), $4, 'original', '', $5, $6, $7, $8,
                   $9, $10, $11, $12, $13, 0, $14, $14, $4, $15)
           returning id`,
          [...common, ...contact, [...textOf(old, 'size', 'tamanho')].slice(0, 60).join('') || null],
        )
      : await client.query<{ id: string }>(
          `insert into carts (tenant_id, site_id, source, external_id, session_id, name, phone_raw, phone_e164, phone_status, phone_kind, phone_reason,
                              phone_warnings, email_raw, email, total, total_minor, currency, plugin_status, was_plugin_abandoned, first_activity_at,
                              last_activity_at, source_hash, first_seen_at, changed_at, missing_since)
           values ($1, $2, 'cart-abandonment', $3, $15, $5, $6, $7, $8, $9, $10, $11, $12, $13, $16, $17, $18, $19, $19 = 'abandoned', $4, $4, 0, $14,
                   $14, $4)
           returning id`,
          [...common, ...contact, textOf(old, 'session_id'), ...cartValues(old, shop)],
        );
  const { id } = rows[0]!;
  const db = statementsOf(client);
  const texts = keys.map(keyText);
  await db.run('share_denied_keys', { tenant: client.tenantId });
  await db.run('insert_record_keys', {
    tenant: client.tenantId,
    entity,
    id,
    keys: texts,
    phone_kinds: keys.map(({ phoneKind }) => phoneKind),
    presumed: texts.filter((_, index) => keys[index]!.isPresumed),
  });
  return { id, outcome: 'brought' };
}

/** Total, in minor units, currency, and what the plugin said of it: `abandoned` is what the old system copied from there. */
function cartValues(old: OldRow, { currency }: Shop) {
  const total = parseDecimal(textOf(old, 'total', 'cart_total', 'total_value', 'valor'));
  const wasAbandoned = ['abandoned', 'lost', 'recovered'].includes(textOf(old, 'status').toLowerCase());
  return [total, total === null ? 0 : String(toMinor(total)), currency, wasAbandoned ? 'abandoned' : 'normal'];
}

/** Of its text, the shop's wall clock that was read in the wrong zone. */
function instantOf(text: string, timeZone: string): Date | null {
  const read = new Date(text);
  if (Number.isNaN(read.getTime())) return null;
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: oldZone, dateStyle: 'short', timeStyle: 'medium' });
  return parseLocal(wall.format(read), timeZone);
}
