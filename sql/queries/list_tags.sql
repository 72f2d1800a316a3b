-- list_tags: the company's tags with how many records carry each.
-- $1 tenant
select t.name, count(g.id)::integer as count
from tags t left join record_tags g on g.tenant_id = t.tenant_id and g.tag_id = t.id and g.undone_at is null
where t.tenant_id = $1 group by t.id, t.name order by lower(t.name);
