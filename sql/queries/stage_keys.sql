-- stage_keys: the match keys of a batch's records, by the shop's id.
create temp table if not exists staged_keys (
  external_id bigint,
  key text collate "C",
  phone_kind text,
  is_presumed boolean
) on commit delete rows;
