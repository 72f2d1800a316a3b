-- insert_lead_keys: the keys of a lead that had none. After share_denied_keys.
-- $1 tenant · $2 lead · $3 keys · $4 phone_kinds · $5 presumed (those of the keys whose area code was presumed)
insert into match_keys (tenant_id, key, entity, entity_id, phone_kind, is_presumed, is_denied)
select $1::bigint, s.key, 'lead', $2::bigint, s.phone_kind, s.key = any($5::text[]),
       s.key in (select key from denied_keys where tenant_id = $1)
       or 'd:' || split_part(s.key, '@', 2) in (select key from denied_keys where tenant_id = $1)
from unnest($3::text[], $4::text[]) as s (key, phone_kind);
