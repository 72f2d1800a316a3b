-- recompute_analyze: what this pass has written of a part (people, carts, customers) is known to the planner from here on.
-- $1 part
select analyze_conclusions($1);
