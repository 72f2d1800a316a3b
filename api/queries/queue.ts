// The work queue: who is next, everything that is open about that person, and who else looks at them.
import type { RecordRef } from '#shared/contacts/record.ts';
import type { PersonId, TenantId, UserId } from '#shared/ids.ts';
import type { QueueLine, QueuePerson, QueueView } from '#web/pages/queue-types.ts';
import { runQuery, type Tx } from '../db.ts';

export type QueueEntry = { personId: PersonId; entity: RecordRef['entity']; id: string; isReminded: boolean };

/** `userId` null: with those whom single users skipped. */
type QueueWish = { tenantId: TenantId; userId: UserId | null; now: Date; limit: number; personId?: PersonId };

/** The first people of the queue as this user has it. */
export async function listQueue(tx: Tx, { tenantId, userId, now, limit, personId }: QueueWish): Promise<QueueEntry[]> {
  // Short-lived rows: a plan that was made for many of them is no good for few.
  return await runQuery<QueueEntry>(tx, 'list_queue', {
    tenant: tenantId,
    now,
    user: userId,
    limit,
    person: personId ?? null,
  });
}

/** Whom this user skipped for now. */
export async function listSkipped(tx: Tx, { userId, now }: { userId: UserId; now: Date }): Promise<Set<PersonId>> {
  const rows = await tx<{ personId: PersonId }[]>`
    select m.person_id
    from queue_pauses p join person_members m on m.tenant_id = p.tenant_id and m.entity = p.entity and m.entity_id = p.entity_id
    where p.until > ${now} and p.is_personal and p.user_id = ${userId}`;
  return new Set(rows.map(({ personId }) => personId));
}

const mostLines = 6;

/** The person and what is open about them, newest first; null when there is no such person any more. */
export async function findQueuePerson(tx: Tx, personId: PersonId): Promise<QueuePerson | null> {
  const [person] = await tx<Omit<QueuePerson, 'lines'>[]>`
    select p.id as person_id, d.name, d.email, d.phone_e164, d.phone_kind, p.paid_order_count, p.net_minor, t.currency
    from people p
    join tenants t on t.id = p.tenant_id
    cross join lateral person_display(p.tenant_id, p.id) d
    where p.id = ${personId}`;
  if (!person) return null;
  const member = (entity: string) => tx`
    select m.entity_id from person_members m where m.person_id = ${personId} and m.entity = ${entity}`;
  const lines = await tx<QueueLine[]>`
    select * from (
      select 'order' as entity, o.id, o.created_at as at, coalesce(o.order_number, o.external_id::text) as number, o.total_minor, o.currency,
             coalesce(nullif(o.payment_method_title, ''), o.payment_method) as detail, null as status, 0 as count
      from orders o where o.id in (${member('order')}) and o.class = 'awaiting_payment'
      union all
      select 'cart', c.id, c.last_activity_at, null, c.total_minor, c.currency,
             (select string_agg(i.name, ', ' order by i.position) from (
                select name, position from cart_items i where i.tenant_id = c.tenant_id and i.cart_id = c.id and not is_bundle_child order by position limit 3) i),
             s.status, c.item_count
      from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
      where c.id in (${member('cart')}) and (s.status = 'abandoned' or s.bought_other_items)
      union all
      select 'lead', l.id, l.captured_at, null, null, null, coalesce(f.title, nullif(trim(l.form_id), '')), s.customer_status, 0
      from leads l
      join lead_statuses s on s.tenant_id = l.tenant_id and s.lead_id = l.id
      left join form_titles f on f.tenant_id = l.tenant_id and f.site_id = l.site_id and f.form_plugin = l.form_plugin and f.form_id = l.form_id
      where l.id in (${member('lead')}) and s.customer_status <> 'became_customer'
    ) lines
    order by at desc nulls last, entity, id desc limit ${mostLines}`;
  return { ...person, lines: [...lines] };
}

/** The due reminders of a person, the oldest first. */
export async function listDueReminders(tx: Tx, personId: PersonId, now: Date): Promise<string[]> {
  const rows = await tx<{ note: string }[]>`
    select r.note from reminders r
    join person_members m on m.tenant_id = r.tenant_id and m.entity = r.entity and m.entity_id = r.entity_id
    where m.person_id = ${personId} and r.undone_at is null and r.remind_at <= ${now} order by r.remind_at, r.id`;
  return rows.map(({ note }) => note);
}

/** When somebody is to be looked at again who is not in the queue now. */
export async function findNextReminder(tx: Tx, now: Date): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    select least((select min(remind_at) from reminders where undone_at is null and remind_at > ${now}),
                 (select min(until) from queue_pauses where until > ${now} and not is_personal)) as at`;
  return row!.at;
}

const viewMinutes = 10;

/** Writes down that the user has the person open. */
export async function openPerson(
  tx: Tx,
  { tenantId, userId, personId, now }: { tenantId: TenantId; userId: UserId; personId: PersonId; now: Date },
): Promise<void> {
  await tx`delete from person_views where opened_at < ${now}::timestamptz - make_interval(mins => ${viewMinutes}) or user_id = ${userId}`;
  await tx`
    insert into person_views (tenant_id, person_id, user_id, opened_at) values (${tenantId}, ${personId}, ${userId}, ${now})
    on conflict (tenant_id, person_id, user_id) do update set opened_at = excluded.opened_at`;
}

/** Who else has the person open, and who was in touch last: what a colleague's screen shows. */
export async function listViews(
  tx: Tx,
  { userId, personId, now }: { userId: UserId; personId: PersonId; now: Date },
): Promise<QueueView[]> {
  return await tx<QueueView[]>`
    select 'opened' as kind, u.name, v.opened_at as at
    from person_views v join users u on u.id = v.user_id
    where v.person_id = ${personId} and v.user_id <> ${userId} and v.opened_at > ${now}::timestamptz - make_interval(mins => ${viewMinutes})
    union all
    select 'contacted', u.name, k.contacted_at
    from person_members m
    join contacts k on k.tenant_id = m.tenant_id and k.entity = m.entity and k.entity_id = m.entity_id and k.undone_at is null
    left join users u on u.id = k.user_id
    join tenants t on t.id = k.tenant_id
    where m.person_id = ${personId} and k.contacted_at > ${now}::timestamptz - make_interval(mins => t.cool_down_minutes)
    order by at desc limit 3`;
}

/** Nobody (or, when personal, only this user) is shown the person of the record until then. */
export async function pausePerson(
  tx: Tx,
  pause: RecordRef & { tenantId: TenantId; userId: UserId; until: Date; isPersonal: boolean; now: Date },
): Promise<void> {
  const { tenantId, entity, id, until, isPersonal, userId, now } = pause;
  await tx`delete from queue_pauses where until < ${now}`;
  await tx`
    insert into queue_pauses (tenant_id, entity, entity_id, until, is_personal, user_id, created_at)
    values (${tenantId}, ${entity}, ${id}, ${until}, ${isPersonal}, ${userId}, ${now})`;
}
