-- list_queue: the people of the work queue, the most urgent first, each with the record that a message would be about (docs/rules.md, Work queue).
-- Ranked are the newest 3,000 records of each kind, read by index: freshness makes what is older come after the 500 that anybody counts, whatever it is
-- worth. Whether somebody may be written to is asked of the first ones only, until $4 are found.
-- $1 tenant · $2 now · $3 user · $4 limit · $5 person (null: all)
with company as (
  select cool_down_minutes, $2::timestamptz - make_interval(mins => window_after_minutes) as open_from,
         coalesce((select sum(net_minor) / nullif(sum(order_count), 0) from order_days
                   where tenant_id = $1 and class = 'paid' and day > ($2::timestamptz)::date - 90), 10000)::bigint as usual_minor
  from tenants where id = $1
), contacted as materialized (
  -- Of how many contacts an instant from a table is the beginning, the planner cannot know: it would read all members for a third of all contacts.
  select person_id, max(contacted_at) as at
  from (
    select (select m.person_id from person_members m where m.tenant_id = $1 and m.entity = k.entity and m.entity_id = k.entity_id) as person_id, contacted_at
    from (select entity, entity_id, contacted_at from contacts
          where tenant_id = $1 and undone_at is null
            and contacted_at > (select least(open_from, $2::timestamptz - make_interval(mins => cool_down_minutes)) from company)
          order by contacted_at desc limit 100000) k) p
  where person_id is not null
  group by person_id
), reminded as materialized (
  select m.person_id, max(r.remind_at) as at
  from reminders r join person_members m on m.tenant_id = $1 and m.entity = r.entity and m.entity_id = r.entity_id
  where r.tenant_id = $1 and r.undone_at is null and r.remind_at <= $2
  group by m.person_id
), paused as materialized (
  select m.person_id
  from queue_pauses p join person_members m on m.tenant_id = $1 and m.entity = p.entity and m.entity_id = p.entity_id
  where p.tenant_id = $1 and p.until > $2 and (not p.is_personal or p.user_id = $3)
), candidates as (
  (select 'cart' as entity, s.cart_id as id, s.total_minor, s.last_activity_at as at, 1.0::float8 as signal
   from cart_statuses s where s.tenant_id = $1 and s.status = 'abandoned' and s.last_activity_at > (select open_from from company)
   order by s.last_activity_at desc, s.cart_id desc limit 3000)
  union all
  -- bought something else: this cart is still to be had
  select 'cart', s.cart_id, s.total_minor, s.last_activity_at, 1.0
  from (select * from cart_statuses where tenant_id = $1 and status = 'recovered' and last_activity_at > (select open_from from company)
        order by last_activity_at desc, cart_id desc limit 3000) s
  where s.bought_other_items
  union all
  (select 'order', o.id, o.total_minor, o.created_at, 1.5
   from orders o where o.tenant_id = $1 and o.class = 'awaiting_payment' and o.created_at > $2::timestamptz - interval '7 days'
   order by o.created_at desc, o.id desc limit 3000)
  union all
  -- a lead has no value of its own: it counts as the company's usual order
  select 'lead', l.lead_id, c.usual_minor, l.captured_at, 0.8
  from company c cross join lateral (
    select * from lead_statuses where tenant_id = $1 and captured_at > c.open_from and captured_at <= $2 and customer_status <> 'became_customer'
    order by captured_at desc, lead_id desc limit 3000) l
  where coalesce((select (array_agg(g.stage order by g.id desc))[1] from lead_stages g where g.tenant_id = $1 and g.lead_id = l.lead_id and g.undone_at is null), 'new') = 'new'
  union all
  select r.entity, r.entity_id, c.usual_minor, r.remind_at, 1.5
  from company c cross join lateral (
    select * from reminders where tenant_id = $1 and undone_at is null and remind_at <= $2 order by remind_at, id limit 3000) r
), scored as (
  select m.person_id, c.entity, c.id, c.at,
         ln(1 + greatest(c.total_minor, 0) / 100.0::float8)
         * case when $2 - c.at < interval '1 hour' then 1 when $2 - c.at < interval '1 day' then 0.8 when $2 - c.at < interval '3 days' then 0.5
                when $2 - c.at < interval '7 days' then 0.25 else 0.1 end
         * greatest(c.signal, case when p.paid_order_count > 0 then 1.2 else 0 end) as score
  from candidates c
  join person_members m on m.tenant_id = $1 and m.entity = c.entity and m.entity_id = c.id
  join people p on p.tenant_id = $1 and p.id = m.person_id
  where ($5::bigint is null or m.person_id = $5)
), waiting as (
  select s.*, r.at is not null and (k.at is null or k.at < r.at) as is_reminded
  from scored s
  left join contacted k on k.person_id = s.person_id
  left join reminded r on r.person_id = s.person_id
  where s.person_id not in (select person_id from paused)
    and (r.at is not null and (k.at is null or k.at < r.at)
         or k.at is null or (k.at < s.at and k.at <= $2::timestamptz - make_interval(mins => (select cool_down_minutes from company))))
), best as (
  select distinct on (person_id) * from waiting order by person_id, score desc, entity, id
), first as (
  select * from best order by score desc, person_id limit 3000
)
select f.person_id as "personId", coalesce(other.entity, f.entity) as entity, coalesce(other.entity_id, f.id)::text as id, f.is_reminded as "isReminded"
from first f
cross join lateral contact_block($1, f.entity, f.id, 'whatsapp') own
left join lateral (
  select m.entity, m.entity_id
  from person_members m cross join lateral contact_block($1, m.entity, m.entity_id, 'whatsapp') b
  where own.is_blocking and m.tenant_id = $1 and m.person_id = f.person_id and not b.is_blocking
  order by m.entity, m.entity_id desc limit 1) other on true
where not own.is_blocking or other.entity is not null
order by f.score desc, f.person_id limit $4;
