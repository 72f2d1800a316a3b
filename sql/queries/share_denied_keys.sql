-- share_denied_keys: a batch that writes keys and an act that changes the denied ones take turns, so that no key is judged by an old list. The batch's side.
-- $1 tenant
select pg_advisory_xact_lock_shared(hashtextextended('denied_keys:' || $1::bigint, 0));
