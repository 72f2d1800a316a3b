-- lock_contacts: one act at a time about one person (or about a record that has none), until the transaction ends.
-- $1 subject
select pg_advisory_xact_lock(hashtextextended($1::text, 0));
