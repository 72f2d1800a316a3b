-- recompute_customer_bounds: where the fifths of the company's people begin, over the paid orders of the last 24 months (docs/rules.md, customers).
-- Equal values share a fifth: the one that holds the middle of their ranks. With fewer than 50 people the bounds are fixed.
-- $1 tenant · $2 now · $3 is_full: all paid orders have just been told anew, in the company's currency
with recent as materialized (
  select person_id, - greatest(0, floor(date_part('epoch', $2::timestamptz - max(created_at)) / 86400))::bigint as recency,
         count(*) as frequency, sum(net_minor)::bigint as monetary
  from (
    -- by the index, which has them in this order: a hash table of all people would go through the disk
    select person_id, created_at, net_minor
    from person_orders
    where tenant_id = $1 and created_at > $2::timestamptz - interval '24 months'
    order by person_id
    offset 0
  ) orders
  group by person_id
), ranked as (
  -- twice the rank of the middle, so that all numbers stay whole
  select name, value, 2 * sum(people) over (partition by name order by value) - people as middle, 2 * sum(people) over (partition by name) as whole
  from (select 'recency' as name, recency as value, count(*) as people from recent group by recency
        union all
        select 'frequency', frequency, count(*) from recent group by frequency
        union all
        select 'monetary', monetary, count(*) from recent group by monetary) counted
), bounds as (
  select name,
         array[coalesce(min(value) filter (where 5 * middle >= whole), max(value) + 1),
               coalesce(min(value) filter (where 5 * middle >= 2 * whole), max(value) + 1),
               coalesce(min(value) filter (where 5 * middle >= 3 * whole), max(value) + 1),
               coalesce(min(value) filter (where 5 * middle >= 4 * whole), max(value) + 1)] as limits
  from ranked
  where (select count(*) from recent) >= 50
  group by name
)
insert into customer_bounds as b (tenant_id, recency, frequency, monetary, person_count, computed_at, currency)
select $1, coalesce((select limits from bounds where name = 'recency'), '{-365,-180,-90,-30}'),
       coalesce((select limits from bounds where name = 'frequency'), '{2,3,4,5}'),
       coalesce((select limits from bounds where name = 'monetary'), '{10000,30000,60000,100000}'),
       (select count(*) from recent), $2, (select currency from tenants where id = $1)
on conflict (tenant_id) do update
set recency = excluded.recency, frequency = excluded.frequency, monetary = excluded.monetary, person_count = excluded.person_count,
    computed_at = excluded.computed_at, currency = case when $3 then excluded.currency else b.currency end
where (b.recency, b.frequency, b.monetary, b.person_count, b.computed_at, b.currency)
      is distinct from (excluded.recency, excluded.frequency, excluded.monetary, excluded.person_count, excluded.computed_at,
                        case when $3 then excluded.currency else b.currency end);
