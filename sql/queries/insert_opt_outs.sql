-- insert_opt_outs: these keys want no messages by this channel; those that said so before stay as they were.
-- $1 tenant · $2 keys · $3 channel · $4 reason · $5 user · $6 now
insert into opt_outs (tenant_id, key, channel, source, reason, user_id, created_at)
select $1, key, $3, 'operator', $4, $5, $6 from unnest($2::text[]) as k (key)
on conflict (tenant_id, key, channel, source) where undone_at is null do nothing;
