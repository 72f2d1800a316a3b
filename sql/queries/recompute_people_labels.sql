-- recompute_people_labels: the first label of each linked hub: the smallest it is tied to.
-- No parameters.
insert into people_labels (node, label)
select node, min(label)
from (
  select node, hub as label from people_links
  union all
  select hub, hub from people_links
) ties
group by node;
