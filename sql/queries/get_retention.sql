-- get_retention: how long the company keeps personal data.
-- $1 tenant
select retention_months as months, retention_raw_days as "rawDays", retention_log_months as "logMonths", retention_since as since, retention_ran_at as "ranAt"
from tenants where id = $1;
