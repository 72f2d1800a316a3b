// A page of the company's contacts, newest first, from contacts_recent_idx, or contacts_user_idx for one operator.
import type { ContactLogChoice, ContactLogRow } from '#web/pages/contacts.tsx';
import type { Tx } from '../db.ts';
import { type KeysetPage, keysetPage, type Paging, pageSize } from '../keyset.ts';
import { clockConditions, inPeriod } from '../lists/conditions.ts';

const conditions = (tx: Tx, { period, channel, userId, weekday, hour }: ContactLogChoice, timeZone: string) => tx`
  ${weekday ? tx`and ${clockConditions(tx, tx`k.contacted_at`, timeZone).dia(weekday)}` : tx``}
  ${hour ? tx`and ${clockConditions(tx, tx`k.contacted_at`, timeZone).hora(hour)}` : tx``}
  ${inPeriod(tx, tx`k.contacted_at`, period)}
  ${channel ? tx`and k.channel = ${channel}` : tx``}
  ${userId ? tx`and k.user_id = ${userId}::bigint` : tx``}`;

export async function listContactLog(
  tx: Tx,
  { choice, timeZone, paging }: { choice: ContactLogChoice; timeZone: string; paging: Paging },
): Promise<KeysetPage<ContactLogRow & { cursorAt: string }>> {
  const { cursor, direction } = paging;
  const isBefore = direction === 'before';
  const order = isBefore ? tx`k.contacted_at asc, k.id asc` : tx`k.contacted_at desc, k.id desc`;
  const rows = await tx<(ContactLogRow & { cursorAt: string })[]>`
    select k.*, u.name as user_name, coalesce(l.name, c.name, nullif(btrim(concat_ws(' ', o.first_name, o.last_name)), '')) as name,
           coalesce(o.order_number, o.external_id::text) as order_number
    from (
      select k.id, k.tenant_id, k.entity, k.entity_id, k.channel, k.template, k.user_id, k.contacted_at, k.undone_at, k.contacted_at::text as cursor_at
      from contacts k
      where true ${conditions(tx, choice, timeZone)}
        ${cursor ? tx`and (k.contacted_at, k.id) ${isBefore ? tx`>` : tx`<`} (${cursor.at}::text::timestamptz, ${cursor.id}::bigint)` : tx``}
      order by ${order} limit ${pageSize + 1}
    ) k
    left join users u on u.id = k.user_id
    left join leads l on k.entity = 'lead' and l.tenant_id = k.tenant_id and l.id = k.entity_id
    left join carts c on k.entity = 'cart' and c.tenant_id = k.tenant_id and c.id = k.entity_id
    left join orders o on k.entity = 'order' and o.tenant_id = k.tenant_id and o.id = k.entity_id
    order by ${order}`;
  return keysetPage(rows, paging);
}

/** How many are in force. */
export async function countContactLog(tx: Tx, choice: ContactLogChoice, timeZone: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from contacts k where k.undone_at is null ${conditions(tx, choice, timeZone)}`;
  return row!.count;
}

/** Who contacted anybody: what the filter offers. */
export async function listContactAuthors(tx: Tx): Promise<{ id: string; name: string }[]> {
  return await tx<{ id: string; name: string }[]>`
    select u.id, u.name from users u where exists (select from contacts k where k.user_id = u.id) order by lower(u.name), u.id limit 500`;
}
