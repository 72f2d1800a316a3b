-- lock_subject_request: one request, until the transaction ends, with how many owners could decide about it.
-- $1 tenant · $2 id
select r.id, r.kind, r.state, r.person_id as "personId", r.requested_by as "requestedBy", r.requested_at as "requestedAt",
       (select count(*)::integer from memberships m join users u on u.id = m.user_id
        where m.tenant_id = $1 and m.role = 'owner' and u.disabled_at is null) as "ownerCount"
from subject_requests r
where r.tenant_id = $1 and r.id = $2
for update of r;
