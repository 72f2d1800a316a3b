-- recompute_find_hand: whether somebody said anything of who is whom that holds, or held at the last recompute.
-- $1 tenant
select exists (select from person_edges where tenant_id = $1 and undone_at is null)
    or exists (select from people where tenant_id = $1 and is_split) as found;
