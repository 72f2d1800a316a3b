-- recompute_people_spread: a record takes the smallest label of those it is tied to; only labels that moved in the round before are offered
-- again (all of them before round 1). Run until nothing moves.
-- $1 round
with offered as (
  select node, min(label) as label
  from (
    select n.node, h.label
    from people_labels h join people_links l on l.hub = h.node join people_labels n on n.node = l.node
    where h.moved_in = $1 - 1 and h.label < n.label
    union all
    select h.node, n.label
    from people_labels n join people_links l on l.node = n.node join people_labels h on h.node = l.hub
    where n.moved_in = $1 - 1 and n.label < h.label
  ) offers
  group by node
)
update people_labels s set label = o.label, moved_in = $1
from offered o
where o.node = s.node;
