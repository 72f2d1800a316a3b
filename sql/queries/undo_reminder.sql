-- undo_reminder: done, or no longer wanted; its record, whether or not it was so before.
-- $1 tenant · $2 id · $3 user · $4 now
with undone as (
  update reminders set undone_at = $4, undone_by = $3 where tenant_id = $1 and id = $2 and undone_at is null
)
select entity, entity_id as id from reminders where tenant_id = $1 and id = $2;
