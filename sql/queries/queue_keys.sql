-- queue_keys: the next recompute looks at whom these keys concern.
-- $1 tenant · $2 keys
insert into recompute_queue (tenant_id, entity, key) select $1::bigint, 'key', key from unnest($2::text[]) as t (key);
