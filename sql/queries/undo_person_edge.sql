-- undo_person_edge: gives its keys; no row when there is none in force with that id.
-- $1 tenant · $2 id · $3 user · $4 now
update person_edges set undone_at = $4, undone_by = $3 where tenant_id = $1 and id = $2 and undone_at is null
returning key_a as a, key_b as b;
