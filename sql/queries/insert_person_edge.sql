-- insert_person_edge: kind `same` or `not_same`; key_a is the smaller one.
-- $1 tenant · $2 kind · $3 key_a · $4 key_b · $5 note · $6 user · $7 now
insert into person_edges (tenant_id, kind, key_a, key_b, note, user_id, created_at) values ($1, $2, $3, $4, $5, $6, $7)
returning id;
