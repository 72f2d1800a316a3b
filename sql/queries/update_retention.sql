-- update_retention: how long the company keeps personal data, and whether each night removes what is older.
-- $1 tenant · $2 months · $3 raw_days · $4 log_months · $5 is_on · $6 now
update tenants set retention_months = $2, retention_raw_days = $3, retention_log_months = $4,
                   retention_since = case when $5 then coalesce(retention_since, $6::timestamptz) end
where id = $1;
