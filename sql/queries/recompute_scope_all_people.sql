-- recompute_scope_all_people: everybody.
-- $1 tenant
insert into scope_people select id from people where tenant_id = $1 on conflict do nothing;
