-- get_person_changes: whom this person took in or came from, and who came from this person, oldest first.
-- $1 tenant · $2 person
select kind, person_id as "personId", other_person_id as "otherPersonId", key, entity, entity_id as "entityId", changed_at as "changedAt"
from person_changes
where tenant_id = $1 and (person_id = $2 or other_person_id = $2)
order by id;
