-- insert_note: a free text beside a record.
-- $1 tenant · $2 entity · $3 id · $4 body · $5 user · $6 now
insert into notes (tenant_id, entity, entity_id, body, user_id, created_at) values ($1, $2, $3, $4, $5, $6) returning id;
