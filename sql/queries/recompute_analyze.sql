-- recompute_analyze: what this pass has written so far is known to the planner from here on. No parameters.
select analyze_conclusions();
