-- list_opt_out_keys: the keys whose opt-outs hold for a record.
-- $1 tenant · $2 entity · $3 id
select key from opt_out_keys($1, $2, $3) order by key;
