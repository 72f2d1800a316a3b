// Two keys that somebody called not the same are never one person, whatever ties them (docs/rules.md, people). The answer follows from keys and
// edges alone: not from ids, instants or the order in which rows arrived.

/** A record, or an edge that ties two keys by hand, with the keys that tie it to others. */
export type Tied = { readonly keys: readonly string[] };

/**
 * Divides one component. The keys of the pairs are anchors: every record goes to the nearest one, counted in steps from record to record over equal
 * keys, the smaller key first among equally near ones. Parts that a key ties and none of whose anchors are a pair are joined again, smallest
 * anchors first. Gives the parts, each in the order of `records`.
 */
export function divideByHand<Record extends Tied>(
  records: readonly Record[],
  pairs: readonly (readonly [string, string])[],
): Record[][] {
  const anchorOf = nearestAnchors(records, new Set(pairs.flat()));
  const anchors = [...new Set(anchorOf.values())].sort();
  const groups = new Map(anchors.map((anchor) => [anchor, new Set([anchor])]));
  for (const [one, other] of linkedAnchors(records, anchorOf)) {
    const mine = groups.get(one)!;
    const its = groups.get(other)!;
    const isConflict = pairs.some(([a, b]) => (mine.has(a) && its.has(b)) || (mine.has(b) && its.has(a)));
    if (mine === its || isConflict) continue;
    for (const anchor of its) {
      mine.add(anchor);
      groups.set(anchor, mine);
    }
  }
  const parts = new Map<Set<string>, Record[]>();
  for (const record of records) {
    const group = groups.get(anchorOf.get(record)!)!;
    const known = parts.get(group);
    if (known) known.push(record);
    else parts.set(group, [record]);
  }
  return [...parts.values()];
}

/** The nearest anchor of each record, breadth first from all anchors at once. */
function nearestAnchors<Record extends Tied>(
  records: readonly Record[],
  anchors: ReadonlySet<string>,
): Map<Record, string> {
  const holders = new Map<string, Record[]>();
  for (const record of records) {
    for (const key of record.keys) {
      const known = holders.get(key);
      if (known) known.push(record);
      else holders.set(key, [record]);
    }
  }
  const anchorOf = new Map<Record, string>();
  let front = new Map([...anchors].map((anchor) => [anchor, anchor]));
  const reached = new Set(front.keys());
  while (front.size > 0) {
    const met = new Map<Record, string>();
    for (const [key, anchor] of front) {
      for (const record of holders.get(key) ?? []) {
        if (!anchorOf.has(record) && !(met.get(record)! < anchor)) met.set(record, anchor);
      }
    }
    const next = new Map<string, string>();
    for (const [record, anchor] of met) {
      anchorOf.set(record, anchor);
      for (const key of record.keys) {
        if (!reached.has(key) && !(next.get(key)! < anchor)) next.set(key, anchor);
      }
    }
    for (const key of next.keys()) reached.add(key);
    front = next;
  }
  return anchorOf;
}

/** Pairs of anchors whose parts have a key in common, smallest first. */
function linkedAnchors<Record extends Tied>(
  records: readonly Record[],
  anchorOf: ReadonlyMap<Record, string>,
): [string, string][] {
  const anchorsOfKey = new Map<string, Set<string>>();
  for (const record of records) {
    for (const key of record.keys) {
      const known = anchorsOfKey.get(key) ?? new Set();
      anchorsOfKey.set(key, known.add(anchorOf.get(record)!));
    }
  }
  const linked = new Map<string, [string, string]>();
  for (const anchors of anchorsOfKey.values()) {
    const sorted = [...anchors].sort();
    for (const [index, one] of sorted.entries()) {
      for (const other of sorted.slice(index + 1)) linked.set(`${one} ${other}`, [one, other]);
    }
  }
  return [...linked.values()].sort((x, y) => (x[0] === y[0] ? (x[1] < y[1] ? -1 : 1) : x[0] < y[0] ? -1 : 1));
}
