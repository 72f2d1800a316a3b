-- recompute_list_touched_kinds: the kinds of records that this pass was asked to look at. No parameters.
select distinct entity from touched;
