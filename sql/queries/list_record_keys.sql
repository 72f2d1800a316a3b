-- list_record_keys: a record's own keys.
-- $1 tenant · $2 entity · $3 id
select key from match_keys where tenant_id = $1 and entity = $2 and entity_id = $3 order by key;
