-- recompute_find_bounds: whether the company's people can be scored.
-- $1 tenant
select exists (select from customer_bounds where tenant_id = $1) as "isKnown";
