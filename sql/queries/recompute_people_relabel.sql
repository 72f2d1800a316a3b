-- recompute_people_relabel: what a hand divided gets a label a part.
-- $1 nodes · $2 labels
update people_labels l set label = n.label
from unnest($1::bigint[], $2::bigint[]) as n (node, label)
where l.node = n.node and l.label <> n.label;
