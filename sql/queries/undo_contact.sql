-- undo_contact: takes a contact back, and with it the stage that it moved its lead to. The contact's record, whether or not it was undone before.
-- $1 tenant · $2 id · $3 user · $4 now
with undone as (
  update contacts set undone_at = $4, undone_by = $3 where tenant_id = $1 and id = $2 and undone_at is null
), stage as (
  update lead_stages set undone_at = $4, undone_by = $3 where tenant_id = $1 and contact_id = $2 and undone_at is null
)
select entity, entity_id as id from contacts where tenant_id = $1 and id = $2;
