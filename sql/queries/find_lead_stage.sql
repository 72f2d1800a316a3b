-- find_lead_stage: the stage of a lead in force with who set it; no row means new.
-- $1 tenant · $2 id
select s.id, s.stage, s.reason, u.name as "userName", s.created_at as "createdAt", s.contact_id is not null as "isByContact"
from lead_stages s left join users u on u.id = s.user_id
where s.tenant_id = $1 and s.lead_id = $2 and s.undone_at is null
order by s.id desc limit 1;
