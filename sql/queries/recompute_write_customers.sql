-- recompute_write_customers: the sums over the paid orders of the people looked at, their scores and status, by the bounds as they stand. What was
-- bought in another currency makes a customer too, but is in no sum and no score.
-- $1 tenant · $2 now
with company as materialized (
  select currency from tenants where id = $1
), bought as materialized (
  select p.person_id, count(*)::integer as order_count, min(p.created_at) as first_at, max(p.created_at) as last_at, sum(p.net_minor)::bigint as net_minor,
         count(*) filter (where is_recent)::integer as recent_order_count, coalesce(sum(p.net_minor) filter (where is_recent), 0)::bigint as recent_net_minor,
         max(p.created_at) filter (where is_recent) as last_recent_at,
         round((percentile_cont(0.5) within group (order by p.gap_seconds) filter (where p.gap_seconds >= 3600))::numeric)::bigint as median_gap_seconds
  from scope_people s
  join person_orders p on p.tenant_id = $1 and p.person_id = s.person_id
  cross join lateral (select p.created_at > $2::timestamptz - interval '24 months' as is_recent) r
  group by p.person_id
), others as materialized (
  -- whatever else they did; paid orders among it are of another currency, or without a readable date
  select person_id, count(*) filter (where is_paid)::integer as paid_order_count, max(at) filter (where is_paid) as last_paid_at,
         bool_or(is_abandoned) as has_abandoned, max(at) as last_at, count(undated_minor)::integer as undated_count,
         coalesce(sum(undated_minor), 0)::bigint as undated_minor
  from (
    select s.person_id, o.class = 'paid' as is_paid, false as is_abandoned, coalesce(o.created_at, o.paid_at) as at,
           case when o.class = 'paid' and o.currency = w.currency then o.net_minor end as undated_minor
    from scope_people s
    join person_members m on m.tenant_id = $1 and m.person_id = s.person_id and m.entity = 'order'
    join orders o on o.tenant_id = $1 and o.id = m.entity_id
    cross join company w
    where not (o.class = 'paid' and o.currency = w.currency and coalesce(o.created_at, o.paid_at) is not null)
    union all
    select s.person_id, false, c.status = 'abandoned', c.last_activity_at, null
    from scope_people s
    join person_members m on m.tenant_id = $1 and m.person_id = s.person_id and m.entity = 'cart'
    join cart_statuses c on c.tenant_id = $1 and c.cart_id = m.entity_id
    union all
    select s.person_id, false, false, l.captured_at, null
    from scope_people s
    join person_members m on m.tenant_id = $1 and m.person_id = s.person_id and m.entity = 'lead'
    join lead_statuses l on l.tenant_id = $1 and l.lead_id = m.entity_id
  ) records
  group by person_id
), summed as (
  update people p
  set paid_order_count = w.order_count, first_paid_at = w.first_at, last_paid_at = w.last_at, net_minor = w.net_minor
  from (
    select s.person_id, coalesce(b.order_count, 0) + coalesce(n.undated_count, 0) as order_count, b.first_at, b.last_at,
           coalesce(b.net_minor, 0) + coalesce(n.undated_minor, 0) as net_minor
    from scope_people s
    left join bought b using (person_id)
    left join others n using (person_id)
  ) w
  where p.tenant_id = $1 and p.id = w.person_id
    and (p.paid_order_count, p.first_paid_at, p.last_paid_at, p.net_minor) is distinct from (w.order_count, w.first_at, w.last_at, w.net_minor)
), scored as (
  select s.person_id, coalesce(b.order_count, 0) + coalesce(n.paid_order_count, 0) as paid_order_count,
         coalesce(n.has_abandoned, false) as has_abandoned, greatest(b.last_at, n.last_at) as last_seen_at,
         coalesce(b.recent_order_count, 0) as recent_order_count, coalesce(b.recent_net_minor, 0) as recent_net_minor, b.median_gap_seconds,
         greatest(b.last_at, n.last_paid_at) + make_interval(secs => greatest(180 * 86400, 3 * b.median_gap_seconds)) as inactive_at,
         case when b.last_recent_at is not null
              then quintile(- greatest(0, floor(extract(epoch from $2::timestamptz - b.last_recent_at) / 86400))::bigint, f.recency) end as recency,
         case when b.last_recent_at is not null then quintile(b.recent_order_count, f.frequency) end as frequency,
         case when b.last_recent_at is not null then quintile(b.recent_net_minor, f.monetary) end as monetary
  from scope_people s
  left join bought b using (person_id)
  left join others n using (person_id)
  join customer_bounds f on f.tenant_id = $1
), wanted as (
  select *, customer_status(paid_order_count, has_abandoned, inactive_at, recency, frequency, monetary, $2) as status from scored
)
merge into customer_statuses as c
using wanted as w on c.tenant_id = $1 and c.person_id = w.person_id
when matched and (c.status, c.recency, c.frequency, c.monetary, c.recent_order_count, c.recent_net_minor, c.median_gap_seconds, c.inactive_at,
                  c.last_seen_at)
                 is distinct from (w.status, w.recency, w.frequency, w.monetary, w.recent_order_count, w.recent_net_minor, w.median_gap_seconds,
                                   w.inactive_at, w.last_seen_at)
     then update set status = w.status, recency = w.recency, frequency = w.frequency, monetary = w.monetary,
                     recent_order_count = w.recent_order_count, recent_net_minor = w.recent_net_minor, median_gap_seconds = w.median_gap_seconds,
                     inactive_at = w.inactive_at, last_seen_at = w.last_seen_at, changed_at = $2
when not matched
     then insert (tenant_id, person_id, status, recency, frequency, monetary, recent_order_count, recent_net_minor, median_gap_seconds, inactive_at,
                  last_seen_at, changed_at)
     values ($1, w.person_id, w.status, w.recency, w.frequency, w.monetary, w.recent_order_count, w.recent_net_minor, w.median_gap_seconds,
             w.inactive_at, w.last_seen_at, $2);
