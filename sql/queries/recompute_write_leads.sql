-- recompute_write_leads: a lead was a customer when the earliest paid order of its person, or with its own (even shared) key, is not later than
-- its capture; became one when it is later (docs/rules.md, lead and customer). Currency does not matter.
-- $1 tenant · $2 now
with lead_people as materialized (
  select s.lead_id, p.person_id
  from scope_leads s
  join person_members p on p.tenant_id = $1 and p.entity = 'lead' and p.entity_id = s.lead_id
), lead_keys as materialized (
  -- the orders of the other keys are the person's, unless a hand divided it
  select s.lead_id, m.key
  from scope_leads s
  join usable_keys m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = s.lead_id
  join shared_keys x on x.tenant_id = $1 and x.key = m.key
  union
  select l.lead_id, m.key
  from lead_people l
  join people p on p.tenant_id = $1 and p.id = l.person_id and p.is_split
  join usable_keys m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.lead_id
), first_of_key as (
  select distinct on (k.key) k.key, o.id, coalesce(o.created_at, o.paid_at) as at, o.external_id, o.site_id
  from (select distinct key from lead_keys) k
  join usable_keys m on m.tenant_id = $1 and m.key = k.key and m.entity = 'order'
  join orders o on o.tenant_id = $1 and o.id = m.entity_id
  where o.class = 'paid' and coalesce(o.created_at, o.paid_at) is not null
  order by k.key, at, o.external_id, o.site_id
), first_of_person as (
  select distinct on (p.person_id) p.person_id, o.id, coalesce(o.created_at, o.paid_at) as at, o.external_id, o.site_id
  from (
    -- both by their index: the orders of who left a lead are few among all
    select p.person_id, m.entity_id
    from (select distinct person_id from lead_people) p
    cross join lateral (select entity_id from person_members where tenant_id = $1 and person_id = p.person_id and entity = 'order' offset 0) m
    order by m.entity_id
    offset 0
  ) p
  cross join lateral (select * from orders where tenant_id = $1 and id = p.entity_id offset 0) o
  where o.class = 'paid' and coalesce(o.created_at, o.paid_at) is not null
  order by p.person_id, at, o.external_id, o.site_id
), first_of_lead as (
  select distinct on (lead_id) lead_id, id, at
  from (
    select k.lead_id, f.id, f.at, f.external_id, f.site_id from lead_keys k join first_of_key f on f.key = k.key
    union all
    select p.lead_id, f.id, f.at, f.external_id, f.site_id from lead_people p join first_of_person f on f.person_id = p.person_id
  ) found
  order by lead_id, at, external_id, site_id
), changed as materialized (
  select n.*
  from (
    select l.id as lead_id,
           case when f.id is null then 'not_customer' when f.at <= coalesce(l.captured_at, l.first_seen_at) then 'was_customer' else 'became_customer' end
             as customer_status,
           f.id as order_id, f.at as first_paid_at, l.captured_at
    from scope_leads r
    join leads l on l.tenant_id = $1 and l.id = r.lead_id
    left join first_of_lead f on f.lead_id = l.id
  ) n
  left join lead_statuses s on s.tenant_id = $1 and s.lead_id = n.lead_id
  where (s.customer_status, s.order_id, s.first_paid_at, s.captured_at)
        is distinct from (n.customer_status, n.order_id, n.first_paid_at, n.captured_at)
)
insert into lead_statuses (tenant_id, lead_id, customer_status, order_id, first_paid_at, captured_at, changed_at)
select $1, lead_id, customer_status, order_id, first_paid_at, captured_at, $2 from changed
on conflict (tenant_id, lead_id) do update
set customer_status = excluded.customer_status, order_id = excluded.order_id, first_paid_at = excluded.first_paid_at,
    captured_at = excluded.captured_at, changed_at = excluded.changed_at;
