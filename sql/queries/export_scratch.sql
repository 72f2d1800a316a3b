-- export_scratch: the work table of an export: the chosen ids in the order of the file.
create temp table export_ids (place integer generated always as identity primary key, id bigint not null) on commit drop;
