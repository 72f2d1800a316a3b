-- insert_record_keys: the keys of a record that had none. After share_denied_keys.
-- $1 tenant · $2 entity · $3 id · $4 keys · $5 phone_kinds · $6 presumed (those of the keys whose area code was presumed)
insert into match_keys (tenant_id, key, entity, entity_id, phone_kind, is_presumed, is_denied)
select $1::bigint, s.key, $2::text, $3::bigint, s.phone_kind, s.key = any($6::text[]),
       s.key in (select key from denied_keys where tenant_id = $1)
       or 'd:' || split_part(s.key, '@', 2) in (select key from denied_keys where tenant_id = $1)
from unnest($4::text[], $5::text[]) as s (key, phone_kind);
