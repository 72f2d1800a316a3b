-- find_person_suggestions: who may be this person too, as list_person_suggestions has it, from the person's own keys: a and personA are the person's.
-- $1 tenant · $2 person · $3 limit
with own as (
  select distinct k.key
  from person_members m
  join usable_keys k on k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id
  where m.tenant_id = $1 and m.person_id = $2
), folded as (
  select o.key, coalesce(f.fold, o.key) as fold from own o left join email_folds f on f.tenant_id = $1 and f.key = o.key where o.key like 'e:%'
), alike as (
  select o.key as a, f.key as b from folded o join email_folds f on f.tenant_id = $1 and f.fold = o.fold
  union
  select key, fold from folded where fold <> key
), named as materialized (
  select shared_key, person_id, name, key from names_beside_shared_keys
  where tenant_id = $1 and shared_key = any (array(select s.key from own join shared_keys s on s.tenant_id = $1 and s.key = own.key))
), pairs as (
  select mailbox_reason(a, b) as reason, a, b, null as shared_key, null as name
  from alike
  union all
  select 'name', me.key, it.key, me.shared_key, me.name
  from named me
  join named it on it.shared_key = me.shared_key and it.name = me.name and it.person_id <> me.person_id
  where me.person_id = $2
)
select p.reason, p.a, p.b, $2::bigint as "personA", min(m.person_id) as "personB", p.shared_key as "sharedKey", p.name
from pairs p
join usable_keys k on k.tenant_id = $1 and k.key = p.b
join person_members m on m.tenant_id = $1 and m.entity = k.entity and m.entity_id = k.entity_id
where not exists (select from shared_keys s where s.tenant_id = $1 and s.key in (p.a, p.b))
group by p.reason, p.a, p.b, p.shared_key, p.name
having not bool_or(m.person_id = $2)
   and not exists (
     select from usable_edges e
     join own on own.key in (e.key_a, e.key_b)
     join usable_keys x on x.tenant_id = $1 and x.key = case own.key when e.key_a then e.key_b else e.key_a end
     join person_members its on its.tenant_id = $1 and its.entity = x.entity and its.entity_id = x.entity_id
     where e.tenant_id = $1 and e.kind = 'not_same' and its.person_id = min(m.person_id))
order by p.reason, p.a, p.b, p.shared_key
limit $3;
