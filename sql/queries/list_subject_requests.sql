-- list_subject_requests: open ones first, by their deadline, then the newest.
-- $1 tenant · $2 limit
select r.id, r.kind, r.state, r.person_id as "personId", r.note, r.requested_at as "requestedAt", q.name as "requestedBy", r.requested_by as "requestedById",
       d.name as "decidedBy", r.decided_at as "decidedAt", r.done_at as "doneAt", r.outcome
from subject_requests r
left join users q on q.id = r.requested_by
left join users d on d.id = r.decided_by
where r.tenant_id = $1
order by r.state in ('done', 'refused'), case when r.state in ('open', 'approved') then r.requested_at end, r.requested_at desc, r.id desc
limit $2;
