-- insert_export: the record of an export.
-- $1 tenant · $2 list · $3 format · $4 query · $5 options · $6 filter_text · $7 file_name · $8 state · $9 selected · $10 kept · $11 user · $12 now
insert into exports (tenant_id, list, format, query, options, filter_text, file_name, state, selected_count, row_count, user_id, requested_at, heartbeat_at,
                     attempts)
values ($1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, case when $8 = 'running' then now() end, case when $8 = 'running' then 1 else 0 end)
returning id::text as id;
