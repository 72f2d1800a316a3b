-- recompute_people_spread: every record takes the smallest label of those it is tied to. Run until nothing changes; no parameters.
with offered as (
  select node, min(label) as label
  from (
    select l.node, h.label from people_links l join people_scope h on h.node = l.hub
    union all
    select l.hub, n.label from people_links l join people_scope n on n.node = l.node
  ) offers
  group by node
)
update people_scope s set label = o.label
from offered o
where o.node = s.node and o.label < s.label;
