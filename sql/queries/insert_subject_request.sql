-- insert_subject_request: what a person asks about the own data; nothing when the same is asked already and open.
-- $1 tenant · $2 kind · $3 person · $4 note · $5 user · $6 now
insert into subject_requests (tenant_id, kind, person_id, note, requested_by, requested_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant_id, person_id, kind) where state in ('open', 'approved') do nothing
returning id;
