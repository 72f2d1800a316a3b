-- find_export_rest: whether export_ids goes on behind a place.
-- $1 after
select exists (select from export_ids where place > $1::integer) as "isMore";
