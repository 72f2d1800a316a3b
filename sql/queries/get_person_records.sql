-- get_person_records: a person's records, oldest first, with the name that each gives and its keys.
-- $1 tenant · $2 person
select m.entity, m.entity_id as id, coalesce(o.external_id, c.external_id, l.external_id) as "sourceId", s.slug as site,
       coalesce(o.created_at, o.paid_at, o.first_seen_at, c.first_activity_at, l.captured_at, l.first_seen_at) as at,
       coalesce(nullif(concat_ws(' ', o.first_name, o.last_name), ''), c.name, l.name) as name,
       array(select k.key from match_keys k where k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id order by k.key) as keys
from person_members m
left join orders o on m.entity = 'order' and o.tenant_id = $1 and o.id = m.entity_id
left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
join sites s on s.tenant_id = $1 and s.id = coalesce(o.site_id, c.site_id, l.site_id)
where m.tenant_id = $1 and m.person_id = $2
order by at, m.entity, m.entity_id;
