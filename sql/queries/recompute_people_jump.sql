-- recompute_people_jump: a label is a record with a label of its own, perhaps a smaller one: long chains end in few rounds.
-- $1 round
update people_labels s set label = t.label, moved_in = $1
from people_labels t
where s.moved_in = $1 and t.node = s.label and t.label < s.label;
