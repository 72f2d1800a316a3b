-- list_person_suggestions: pairs of keys that may be one person, for somebody to decide: e-mails that are one address but for dots, +tag or a mistyped
-- domain, and e-mails that gave the same first name beside the same shared key. Not those of one person already, nor those that somebody parted.
-- $1 tenant · $2 limit
with mailboxes as (
  select fold, key from email_folds where tenant_id = $1
  union
  select f.fold, f.fold from email_folds f where f.tenant_id = $1 and exists (select from usable_keys m where m.tenant_id = $1 and m.key = f.fold)
), alike as (
  select mailbox_reason(one.key, two.key) as reason, one.key as a, two.key as b, null as shared_key, null as name
  from mailboxes one
  join mailboxes two on two.fold = one.fold and two.key > one.key
), namesakes as (
  select 'name' as reason, lag(key) over beside as a, key as b, shared_key, name
  from names_beside_shared_keys
  where tenant_id = $1
  window beside as (partition by shared_key, name order by key)
), pairs as (
  select * from alike
  union all
  select * from namesakes where a is not null
), placed as materialized (
  select distinct k.key, p.person_id
  from (select a as key from pairs union select b from pairs) k
  join usable_keys m on m.tenant_id = $1 and m.key = k.key
  join person_members p on p.tenant_id = $1 and p.entity = m.entity and p.entity_id = m.entity_id
), parted as materialized (
  select distinct mine.person_id, its.person_id as other_id
  from usable_edges e
  join usable_keys x on x.tenant_id = $1 and x.key = e.key_a
  join person_members mine on mine.tenant_id = $1 and mine.entity = x.entity and mine.entity_id = x.entity_id
  join usable_keys y on y.tenant_id = $1 and y.key = e.key_b
  join person_members its on its.tenant_id = $1 and its.entity = y.entity and its.entity_id = y.entity_id
  where e.tenant_id = $1 and e.kind = 'not_same'
)
select p.reason, p.a, p.b, min(one.person_id) as "personA", min(two.person_id) as "personB", p.shared_key as "sharedKey", p.name
from pairs p
join placed one on one.key = p.a
join placed two on two.key = p.b
where not exists (select from shared_keys s where s.tenant_id = $1 and s.key in (p.a, p.b))
group by p.reason, p.a, p.b, p.shared_key, p.name
having not bool_or(one.person_id = two.person_id)
   and not bool_or(exists (
     select from parted d
     where (d.person_id = one.person_id and d.other_id = two.person_id) or (d.person_id = two.person_id and d.other_id = one.person_id)))
order by p.reason, p.a, p.b, p.shared_key
limit $2;
