-- stage_touched: which records of ours a batch wrote.
create temp table if not exists staged_touched (
  external_id bigint,
  entity_id bigint
) on commit delete rows;
