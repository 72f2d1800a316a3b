-- insert_tag: the company's word for this tag, as first written; upper and lower case are one tag.
-- $1 tenant · $2 name · $3 now
insert into tags (tenant_id, name, created_at) values ($1, $2, $3) on conflict (tenant_id, lower(name)) do nothing;
