-- list_record_opt_outs: the opt-outs in force that hold for a record, one row a channel and source, with the earliest of its reasons.
-- $1 tenant · $2 entity · $3 id
select distinct on (o.channel, o.source) o.channel, o.source, o.reason, u.name as "userName", o.created_at as "createdAt"
from opt_out_keys($1, $2, $3) k
join opt_outs o on o.tenant_id = $1 and o.key = k.key and o.undone_at is null
left join users u on u.id = o.user_id
order by o.channel, o.source, o.created_at, o.id;
