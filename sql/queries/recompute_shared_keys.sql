-- recompute_shared_keys: a phone with 4 or more e-mails, an e-mail with 6 or more phones, met in the same records (docs/rules.md, shared keys).
-- All records of a touched key are looked at, but of one that is shared already. A key that becomes or stops being shared touches its records.
-- $1 tenant
with many as materialized (
  select s.node, k.key_no, k.is_phone
  from people_scope s
  join (select entry_node(unnest(entries)) as node, key_no, is_phone from key_entries) k on k.node = s.node
  where s.has_more
), met as (
  -- a key of three records meets no four others, but where a record has many keys: three orders with two phones each are enough
  select email_no, phone_no from people_scope where email_no is not null and phone_no is not null and has_many
  union
  select email_no, phone_no from people_scope where phone_no is not null and email_no in (select key_no from many)
  union
  select email_no, phone_no from people_scope where email_no is not null and phone_no in (select key_no from many)
  union
  select e.key_no, p.key_no from many e join many p on p.node = e.node and p.is_phone where not e.is_phone
), counted as (
  select email_no as key_no, count(*) as others from met group by email_no having count(*) >= 4
  union all
  select phone_no, count(*) from met group by phone_no having count(*) >= 4
), known as materialized (
  select s.key from shared_keys s where s.tenant_id = $1 and (select true from touched_keys t where t.key = s.key limit 1)
), met_by as (
  select n.key, n.others
  from (
    select k.key, c.others
    from counted c
    join key_entries k using (key_no)
    where not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
    offset 0
  ) n
  where (select true from touched_keys t where t.key = n.key limit 1)
  union all
  select k.key, count(distinct other.key)
  from known k
  join usable_keys mine on mine.tenant_id = $1 and mine.key = k.key
  join usable_keys other on other.tenant_id = $1 and other.entity = mine.entity and other.entity_id = mine.entity_id
   and (other.key >= 'p:') <> (mine.key >= 'p:')
  group by k.key
), crowded as (
  select key from met_by where others >= case when key >= 'p:' then 4 else 6 end
), no_longer as (
  delete from shared_keys s using known k
  where s.tenant_id = $1 and s.key = k.key and not exists (select from crowded c where c.key = k.key)
  returning s.key
), from_now_on as (
  insert into shared_keys (tenant_id, key) select $1, key from crowded
  on conflict do nothing
  returning key
), changed as (
  insert into pg_temp.touched
  select distinct m.entity, m.entity_id
  from (select key from no_longer union all select key from from_now_on) flipped
  join usable_keys m on m.tenant_id = $1 and m.key = flipped.key
  on conflict do nothing
)
select array(select key from no_longer union all select key from from_now_on) as flipped;
