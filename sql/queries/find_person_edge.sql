-- find_person_edge: what was said by hand of these two keys and is in force; key_a is the smaller one.
-- $1 tenant · $2 key_a · $3 key_b
select id, kind from person_edges where tenant_id = $1 and key_a = $2 and key_b = $3 and undone_at is null;
