-- delete_denied_key: the key may be somebody's again.
-- $1 tenant · $2 key
delete from denied_keys where tenant_id = $1 and key = $2;
