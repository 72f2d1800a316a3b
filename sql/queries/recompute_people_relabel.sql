-- recompute_people_relabel: what a hand divided gets a label a part.
-- $1 nodes · $2 labels
update people_scope s set part = n.label
from unnest($1::bigint[], $2::bigint[]) as n (node, label)
where s.node = n.node;
