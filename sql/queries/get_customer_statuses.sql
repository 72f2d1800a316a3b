-- get_customer_statuses: how many people the company has of each customer status, as they were last scored.
-- $1 tenant
select status, count(*)::integer as person_count from customer_statuses where tenant_id = $1 group by status;
