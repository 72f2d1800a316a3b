-- count_retention: what a night would empty or delete now. Leads and carts as list_retention_people, texts of rows that could not be read, lines of the log.
-- $1 tenant · $2 before · $3 raw_before · $4 log_before
with old as (
  select 'lead' as entity, l.id, m.person_id
  from leads l left join person_members m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.id
  where l.tenant_id = $1 and coalesce(l.captured_at, l.first_seen_at) < $2
    and not exists (select from erased_records e where e.tenant_id = $1 and e.entity = 'lead' and e.entity_id = l.id)
  union all
  select 'cart', c.id, m.person_id
  from carts c left join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = c.id
  where c.tenant_id = $1 and c.last_activity_at < $2
    and not exists (select from erased_records e where e.tenant_id = $1 and e.entity = 'cart' and e.entity_id = c.id)
), ripe as (
  select o.* from old o
  where o.person_id is null or not exists (
    select from person_members m
    left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
    left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
    where m.tenant_id = $1 and m.person_id = o.person_id
      and (m.entity = 'order' or coalesce(l.captured_at, l.first_seen_at) >= $2 or c.last_activity_at >= $2))
)
select (select count(distinct person_id)::integer from ripe) as people, (select count(*)::integer from ripe where entity = 'lead') as leads,
       (select count(*)::integer from ripe where entity = 'cart') as carts,
       (select count(*)::integer from quarantine where tenant_id = $1 and raw <> '' and first_seen_at < $3) as quarantined,
       (select count(*)::integer from audit_log where tenant_id = $1 and happened_at < $4) as logged;
