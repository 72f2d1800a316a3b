-- lock_denied_keys: waits for the batches that write keys, and keeps new ones waiting until the commit: the act's side of share_denied_keys.
-- $1 tenant
select pg_advisory_xact_lock(hashtextextended('denied_keys:' || $1::bigint, 0));
