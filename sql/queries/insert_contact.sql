-- insert_contact: a contact with a code that the company has not used; no row when it has.
-- $1 tenant · $2 entity · $3 id · $4 channel · $5 key · $6 code · $7 template · $8 user · $9 at
insert into contacts (tenant_id, entity, entity_id, channel, key, code, template, user_id, contacted_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, code) do nothing
returning id;
