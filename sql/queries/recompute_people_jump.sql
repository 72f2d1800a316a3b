-- recompute_people_jump: a label is a record with a label of its own, perhaps a smaller one: long chains end in few rounds. No parameters.
update people_scope s set label = t.label
from people_scope t
where t.node = s.label and t.label < s.label;
