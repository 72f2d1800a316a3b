-- former-version: runs
-- Who is kept is found once, as a set: to look each old record's person up took a page of a million carts to its limit of 15 seconds.
create or replace function list_old_records(tenant bigint, before timestamptz)
  returns table (entity text, id bigint, person_id bigint) language sql stable as $$
  with records as (
    select 'lead' as entity, l.id, coalesce(l.captured_at, l.first_seen_at) >= before as is_recent, m.person_id
    from leads l left join person_members m on m.tenant_id = tenant and m.entity = 'lead' and m.entity_id = l.id
    where l.tenant_id = tenant
    union all
    select 'cart', c.id, c.last_activity_at >= before, m.person_id
    from carts c left join person_members m on m.tenant_id = tenant and m.entity = 'cart' and m.entity_id = c.id
    where c.tenant_id = tenant
  ), kept as (
    select person_id from person_members where tenant_id = tenant and entity = 'order'
    union
    select person_id from records where is_recent and person_id is not null
  )
  select r.entity, r.id, r.person_id
  from records r
  where not r.is_recent
    and not exists (select from kept k where k.person_id = r.person_id)
    and not exists (select from erased_records e where e.tenant_id = tenant and e.entity = r.entity and e.entity_id = r.id)
$$;
