-- list_denied_keys: the company's denied keys, with who denied them.
-- $1 tenant
select d.key, d.note, u.email as author, d.created_at as "createdAt"
from denied_keys d
left join users u on u.id = d.user_id
where d.tenant_id = $1
order by d.key;
