// A batch as a poll of a shop brings it: orders all over the company's history get paid, are refunded or cancelled, some with another phone than before.
import type { TenantId } from '#shared/ids.ts';
import { type Pool, withTransaction } from '../daemon/db.ts';

export type Change = {
  tenantId: TenantId;
  /** How many orders the company has, and how many of them change. */
  orders: number;
  count: number;
  /** Each round changes other orders. */
  round: number;
};

/** Changes orders and queues them, as the sync's writers do, in one transaction. */
export async function changeOrders(owner: Pool, { tenantId, orders, count, round }: Change): Promise<void> {
  await withTransaction(owner, async (client) => {
    await client.query('create temp table changed (id bigint primary key, n bigint) on commit drop');
    await client.query(
      'insert into changed select 1 + (n * ($1::bigint / $2::bigint) + $3::bigint * 7) % $1::bigint, n from generate_series(0, $2::bigint - 1) n',
      [orders, count, round],
    );
    await client.query('analyze changed');
    await client.query(
      `with facts as (
         select o.id, o.total, f.status,
                case when f.status = 'refunded' then o.total when c.n % 9 = 0 then round(o.total / 4, 2) else o.refunded end as refunded
         from changed c
         join orders o on o.tenant_id = $1 and o.id = c.id
         cross join lateral (
           select case when o.wc_status in ('pending', 'on-hold', 'cancelled', 'failed') then 'processing' when c.n % 5 = 0 then 'refunded'
                       when c.n % 5 = 1 then 'cancelled' else o.wc_status end as status) f)
       update orders o
       set wc_status = f.status, class = order_class(f.status, null, true, false, f.total, f.refunded), refunded = f.refunded,
           refunded_minor = round(f.refunded * 100), paid_at = case when f.status <> 'cancelled' then coalesce(o.paid_at, o.created_at) end
       from facts f
       where o.tenant_id = $1 and o.id = f.id`,
      [tenantId],
    );
    await client.query(
      `with lost as (
         delete from match_keys k using changed c
         where k.tenant_id = $1 and k.entity = 'order' and k.entity_id = c.id and k.key >= 'p:' and c.n % 10 = 3
         returning k.key, k.entity_id
       ), gained as (
         insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
         select $1, 'p:+55119' || lpad((60000000 + entity_id)::text, 8, '0'), 'order', entity_id, 'mobile' from lost)
       insert into recompute_queue (tenant_id, entity, key) select $1, 'key', key from lost`,
      [tenantId],
    );
    await client.query(
      `insert into recompute_queue (tenant_id, entity, entity_id) select $1, 'order', id from changed`,
      [tenantId],
    );
  });
}
