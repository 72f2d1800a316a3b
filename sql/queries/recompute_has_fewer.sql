-- recompute_has_fewer: does the company have fewer records with a person than $2?
-- $1 tenant · $2 limit
select count(*) < $2::bigint as is_fewer from (select from person_members where tenant_id = $1 limit $2::bigint) first;
