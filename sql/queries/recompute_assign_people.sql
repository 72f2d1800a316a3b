-- recompute_assign_people: each component keeps the smallest person id among those it claims (a person who splits stays with the part that
-- holds its first record); the others get new ids. Who came from whom is kept in people_moves: merged where the first record went, else split.
-- Nearly all components are whole: one person, and nobody else's. The others are odd; only their records are looked at.
-- $1 tenant · $2 is_full: nobody asks later who joined whom
with members as not materialized (
  select s.node, s.person_id, coalesce(s.part, l.label, s.hub, s.node) as label
  from people_scope s
  left join people_labels l on l.node = s.hub
  where s.has_key
), held as materialized (
  -- sorted, because a hash table of all components would go through the disk
  select label, min(person_id) as first_id, max(person_id) as last_id, bool_and(person_id is not null) as is_named
  from (select label, person_id from members order by label offset 0) m
  group by label
), mixed as materialized (
  select label from held where first_id is distinct from last_id or not is_named
  union
  select label
  from held
  where first_id in (select first_id from (select first_id from held order by first_id offset 0) h group by first_id having count(*) > 1)
), theirs as materialized (
  select distinct person_id from members where label in (select label from mixed)
), odd as materialized (
  select label from mixed
  union
  -- whose person is also among several in a mixed component
  select label from held where first_id in (select person_id from theirs)
), pairs as materialized (
  select label, person_id, min(node) as node from members where label in (select label from odd) group by label, person_id
), claims as (
  select distinct on (person_id) person_id, label from pairs where person_id is not null order by person_id, node
), kept as (
  select label, min(person_id) as person_id from claims group by label
), nameless as (
  select label, row_number() over (order by label) as position
  from (select o.label from odd o left join kept k on k.label = o.label where k.label is null) labels -- "except" would hold all of them in memory
), created as (
  insert into people (tenant_id) select $1 from nameless returning id
), fresh as (
  select id, row_number() over (order by id) as position from created
), chosen as (
  select label, person_id from kept
  union all
  select label, id from nameless join fresh using (position)
), moved as materialized (
  select m.node, m.person_id as old_id, c.person_id, m.label
  from members m
  join chosen c on c.label = m.label
  where m.person_id is distinct from c.person_id
), moves as (
  insert into people_moves (old_id, person_id, is_merge)
  select m.old_id, m.person_id, bool_or(c.label = m.label)
  from moved m
  join claims c on c.person_id = m.old_id
  group by m.old_id, m.person_id
), placed as (
  insert into people_joined select node, person_id from moved where not $2
), rejoined as (
  -- by the place of each row: a join that guesses thousands for the few who move reads the whole table
  update person_members p set person_id = m.person_id
  from (
    select x.place, moved.person_id
    from moved
    cross join lateral (
      select ctid as place from person_members where tenant_id = $1 and entity = node_entity(node) and entity_id = node_id(node) offset 0
    ) x
    where old_id is not null
  ) m
  where p.tenant_id = $1 and p.ctid = m.place
), joined as (
  insert into person_members (tenant_id, entity, entity_id, person_id)
  select $1, node_entity(node), node_id(node), person_id from moved where old_id is null order by node -- as both indexes grow
)
select count(*)::integer as moved, (select count(*) from people_scope where not has_key)::integer as keyless from moved;
