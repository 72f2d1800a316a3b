-- recompute_write_customers: the sums over the paid orders of the people looked at, their scores and status, by the bounds as they stand. What was
-- bought in another currency makes a customer too, but is in no sum and no score.
-- $1 tenant · $2 now
with bought as (
  select p.person_id, count(*)::integer as order_count, min(p.created_at) as first_at, max(p.created_at) as last_at, sum(p.net_minor)::bigint as net_minor,
         count(*) filter (where is_recent)::integer as recent_order_count, coalesce(sum(p.net_minor) filter (where is_recent), 0)::bigint as recent_net_minor,
         max(p.created_at) filter (where is_recent) as last_recent_at,
         -- the middle of one gap or two is their average, that of three what the least and the most leave
         case count(*) filter (where is_gap) when 1 then min(p.gap_seconds) filter (where is_gap)
           when 2 then round(sum(p.gap_seconds) filter (where is_gap) / 2)::bigint
           when 3 then (sum(p.gap_seconds) filter (where is_gap) - min(p.gap_seconds) filter (where is_gap) - max(p.gap_seconds) filter (where is_gap))::bigint
         end as gap_seconds
  from scope_person_orders p
  cross join lateral (select p.created_at > $2::timestamptz - interval '24 months' as is_recent, p.gap_seconds >= 3600 as is_gap) r
  where p.tenant_id = $1
  group by p.person_id
), medians as (
  -- of four gaps and more by one sort: percentile_cont would begin a sort for each person
  select person_id, round(avg(gap_seconds))::bigint as gap_seconds
  from (
    select p.person_id, p.gap_seconds, row_number() over (partition by p.person_id order by p.gap_seconds) as nth,
           count(*) over (partition by p.person_id) as gaps
    from (select person_id from scope_person_orders where tenant_id = $1 and nth = 5) many
    join scope_person_orders p on p.tenant_id = $1 and p.person_id = many.person_id
    where p.gap_seconds >= 3600
  ) ranked
  where 2 * nth between gaps and gaps + 2
  group by person_id
), others as (
  -- whatever else they did; paid orders among it are of another currency, or without a readable date
  select person_id, count(*) filter (where is_paid)::integer as paid_order_count, max(at) filter (where is_paid) as last_paid_at,
         bool_or(is_abandoned) as has_abandoned, max(at) as last_at, count(undated_minor)::integer as undated_count,
         coalesce(sum(undated_minor), 0)::bigint as undated_minor
  from (
    select person_id, is_paid, false as is_abandoned, at, case when is_paid and is_own_currency then net_minor end as undated_minor
    from scope_orders
    where tenant_id = $1 and not is_counted
    union all
    select m.person_id, false, c.status = 'abandoned', c.last_activity_at, null
    from scope_people_members m
    join cart_statuses c on c.tenant_id = $1 and c.cart_id = m.entity_id
    where m.tenant_id = $1 and m.entity = 'cart'
    union all
    select m.person_id, false, false, l.captured_at, null
    from scope_people_members m
    join lead_statuses l on l.tenant_id = $1 and l.lead_id = m.entity_id
    where m.tenant_id = $1 and m.entity = 'lead'
    order by person_id
    offset 0
  ) records
  group by person_id
), facts as (
  select s.*, b.order_count, b.first_at, b.last_at, b.net_minor, b.recent_order_count, b.recent_net_minor, b.last_recent_at,
         coalesce(d.gap_seconds, b.gap_seconds) as median_gap_seconds, n.paid_order_count, n.last_paid_at, n.has_abandoned, n.last_at as last_other_at,
         n.undated_count, n.undated_minor
  from (
    -- everything is joined in the order of the people: hash tables of a million of them would go through the disk
    select s.person_id, p.paid_order_count as old_count, p.first_paid_at as old_first_at, p.last_paid_at as old_last_at, p.net_minor as old_net_minor,
           c.status as old_status, c.recency as old_recency, c.frequency as old_frequency, c.monetary as old_monetary,
           c.recent_order_count as old_recent_count, c.recent_net_minor as old_recent_minor, c.median_gap_seconds as old_gap_seconds,
           c.inactive_at as old_inactive_at, c.last_seen_at as old_seen_at
    from scope_people s
    join people p on p.tenant_id = $1 and p.id = s.person_id
    left join customer_statuses c on c.tenant_id = $1 and c.person_id = s.person_id
    order by s.person_id
    offset 0
  ) s
  left join bought b on b.person_id = s.person_id
  left join medians d on d.person_id = s.person_id
  left join others n on n.person_id = s.person_id
), scored as (
  select n.person_id, n.old_count, n.old_first_at, n.old_last_at, n.old_net_minor, n.old_status, n.old_recency, n.old_frequency, n.old_monetary,
         n.old_recent_count, n.old_recent_minor, n.old_gap_seconds, n.old_inactive_at, n.old_seen_at,
         coalesce(n.order_count, 0) + coalesce(n.undated_count, 0) as sum_count, n.first_at, n.last_at, coalesce(n.net_minor, 0) + coalesce(n.undated_minor, 0) as net_minor,
         coalesce(n.order_count, 0) + coalesce(n.paid_order_count, 0) as paid_order_count,
         coalesce(n.has_abandoned, false) as has_abandoned, greatest(n.last_at, n.last_other_at) as last_seen_at,
         coalesce(n.recent_order_count, 0) as recent_order_count, coalesce(n.recent_net_minor, 0) as recent_net_minor, n.median_gap_seconds,
         greatest(n.last_at, n.last_paid_at) + make_interval(secs => greatest(180 * 86400, 3 * n.median_gap_seconds)) as inactive_at,
         case when n.last_recent_at is not null
              then quintile(- greatest(0, floor(date_part('epoch', $2::timestamptz - n.last_recent_at) / 86400))::bigint, f.recency) end as recency,
         case when n.last_recent_at is not null then quintile(n.recent_order_count, f.frequency) end as frequency,
         case when n.last_recent_at is not null then quintile(n.recent_net_minor, f.monetary) end as monetary
  from facts n
  join customer_bounds f on f.tenant_id = $1
  offset 0 -- the status names each score more than once
), compared as (
  select w.*,
         (w.old_count, w.old_first_at, w.old_last_at, w.old_net_minor) is distinct from (w.sum_count, w.first_at, w.last_at, w.net_minor)
           as has_other_sums,
         (w.old_status, w.old_recency, w.old_frequency, w.old_monetary, w.old_recent_count, w.old_recent_minor, w.old_gap_seconds, w.old_inactive_at,
          w.old_seen_at)
           is distinct from (w.status, w.recency, w.frequency, w.monetary, w.recent_order_count, w.recent_net_minor, w.median_gap_seconds,
                             w.inactive_at, w.last_seen_at) as has_other_status
  from (select *, customer_status(paid_order_count, has_abandoned, inactive_at, recency, frequency, monetary, $2) as status from scored offset 0) w
), changed as materialized (
  -- what is equal, nearly all of a company, is written nowhere
  select * from compared where has_other_sums or has_other_status
), summed as (
  update people p
  set paid_order_count = w.sum_count, first_paid_at = w.first_at, last_paid_at = w.last_at, net_minor = w.net_minor
  from changed w
  where p.tenant_id = $1 and p.id = w.person_id and w.has_other_sums
)
insert into customer_statuses (tenant_id, person_id, status, recency, frequency, monetary, recent_order_count, recent_net_minor, median_gap_seconds,
                               inactive_at, last_seen_at, changed_at)
select $1, person_id, status, recency, frequency, monetary, recent_order_count, recent_net_minor, median_gap_seconds, inactive_at, last_seen_at, $2
from changed
where has_other_status
order by person_id -- as its primary key grows
on conflict (tenant_id, person_id) do update
set status = excluded.status, recency = excluded.recency, frequency = excluded.frequency, monetary = excluded.monetary,
    recent_order_count = excluded.recent_order_count, recent_net_minor = excluded.recent_net_minor,
    median_gap_seconds = excluded.median_gap_seconds, inactive_at = excluded.inactive_at, last_seen_at = excluded.last_seen_at,
    changed_at = excluded.changed_at;
