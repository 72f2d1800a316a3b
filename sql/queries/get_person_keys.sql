-- get_person_keys: the e-mails and phones of a person's records, most recent first: with how many records have each, and whether it ties them.
-- $1 tenant · $2 person
select k.key, bool_or(k.is_denied) as "isDenied",
       exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key) as "isShared",
       count(*)::integer as "recordCount", min(r.at) as "firstAt", max(r.at) as "lastAt"
from person_members m
join match_keys k on k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id
left join orders o on m.entity = 'order' and o.tenant_id = $1 and o.id = m.entity_id
left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
cross join lateral (
  select coalesce(o.created_at, o.paid_at, o.first_seen_at, c.first_activity_at, l.captured_at, l.first_seen_at) as at
) r
where m.tenant_id = $1 and m.person_id = $2
group by k.key
order by max(r.at) desc, k.key;
