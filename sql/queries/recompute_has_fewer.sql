-- recompute_has_fewer: does the company have fewer records with a person than $2? In the order of the primary key: a walk over the table would meet the
-- other companies' first.
-- $1 tenant · $2 limit
select count(*) < $2::bigint as is_fewer
from (select from person_members where tenant_id = $1 order by entity, entity_id limit $2::bigint) first;
