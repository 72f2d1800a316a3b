-- list_person_edges: what was said by hand and is in force, of these keys (null: of all), with who said it.
-- $1 tenant · $2 keys
select e.id, e.kind, e.key_a as a, e.key_b as b, e.note, u.email as author, e.created_at as "createdAt"
from person_edges e
left join users u on u.id = e.user_id
where e.tenant_id = $1 and e.undone_at is null and ($2::text[] is null or e.key_a = any ($2) or e.key_b = any ($2))
order by e.created_at, e.id;
