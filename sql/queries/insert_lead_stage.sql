-- insert_lead_stage: moves a lead to a stage.
-- $1 tenant · $2 id · $3 stage · $4 reason · $5 contact · $6 user · $7 now
insert into lead_stages (tenant_id, lead_id, stage, reason, contact_id, user_id, created_at) values ($1, $2, $3, $4, $5, $6, $7);
