-- insert_reminder: on that instant the person of the record is to be looked at again.
-- $1 tenant · $2 entity · $3 id · $4 remind_at · $5 note · $6 user · $7 now
insert into reminders (tenant_id, entity, entity_id, remind_at, note, user_id, created_at) values ($1, $2, $3, $4, $5, $6, $7) returning id;
