-- finish_export: a file is complete.
-- $1 tenant · $2 id · $3 selected · $4 kept · $5 left_out · $6 parts · $7 bytes · $8 hash · $9 now
update exports set state = 'done', selected_count = $3, row_count = $4, left_out = $5::jsonb, part_count = $6, byte_count = $7, sha256 = $8, finished_at = $9
where tenant_id = $1 and id = $2 and state = 'running';
