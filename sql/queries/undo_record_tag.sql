-- undo_record_tag: takes a tag off its record; the record, whether or not it was taken off before.
-- $1 tenant · $2 id · $3 user · $4 now
with undone as (
  update record_tags set undone_at = $4, undone_by = $3 where tenant_id = $1 and id = $2 and undone_at is null
)
select entity, entity_id as id from record_tags where tenant_id = $1 and id = $2;
