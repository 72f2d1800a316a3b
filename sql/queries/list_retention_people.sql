-- list_retention_people: records that grew too old, of so many people, and as many of nobody.
-- $1 tenant · $2 before · $3 limit
with old as materialized (select * from list_old_records($1, $2)),
     people as (select distinct person_id from old where person_id is not null order by person_id limit $3)
select o.entity, o.id from old o join people p on p.person_id = o.person_id
union all
(select entity, id from old where person_id is null order by entity, id limit $3);
