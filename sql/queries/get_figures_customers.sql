-- get_figures_customers: the people who paid in a period, how many of them had paid twice or more by its end, and the median days between two
-- paid orders of one person whose second lies in it (docs/rules.md, figures). One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select currency from tenants where id = $1
), customers as materialized (
  select distinct m.person_id
  from orders o
  join person_members m on m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
  where o.tenant_id = $1 and o.class = 'paid' and o.currency = (select currency from company)
    and ($2::timestamptz is null or o.created_at >= $2) and ($3::timestamptz is null or o.created_at < $3)
), paid as materialized (
  select c.person_id, o.created_at, o.created_at - lag(o.created_at) over (partition by c.person_id order by o.created_at, o.id) as gap
  from customers c
  join person_members m on m.tenant_id = $1 and m.person_id = c.person_id and m.entity = 'order'
  join orders o on o.tenant_id = $1 and o.id = m.entity_id and o.class = 'paid' and o.currency = (select currency from company)
  where $3::timestamptz is null or o.created_at < $3
), people_in as (
  select m.person_id from leads l join person_members m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.id
  where l.tenant_id = $1 and ($2::timestamptz is null or l.captured_at >= $2) and ($3::timestamptz is null or l.captured_at < $3)
  union
  select m.person_id from cart_statuses s join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
  where s.tenant_id = $1 and ($2::timestamptz is null or s.first_activity_at >= $2) and ($3::timestamptz is null or s.first_activity_at < $3)
  union
  select m.person_id from orders o join person_members m on m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
  where o.tenant_id = $1 and ($2::timestamptz is null or o.created_at >= $2) and ($3::timestamptz is null or o.created_at < $3)
)
select (select count(*) from customers)::integer as customer_count,
       (select count(*) from (select from paid group by person_id having count(*) >= 2) twice)::integer as repeat_count,
       (select count(*) from paid where gap is not null and ($2::timestamptz is null or created_at >= $2))::integer as repeat_order_count,
       (select round((percentile_cont(0.5) within group (order by extract(epoch from gap)) / 86400)::numeric, 1)
        from paid where gap >= interval '1 hour' and ($2::timestamptz is null or created_at >= $2)) as median_interval_days,
       (select count(*) from people_in)::integer as person_count;
