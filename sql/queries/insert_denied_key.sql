-- insert_denied_key: nothing when it is denied already.
-- $1 tenant · $2 key · $3 note · $4 user · $5 now
insert into denied_keys (tenant_id, key, note, user_id, created_at) values ($1, $2, $3, $4, $5)
on conflict do nothing;
