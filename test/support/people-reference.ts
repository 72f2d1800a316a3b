// Who is one person, a second time, as plain loops over all records: to hold the SQL and its plain function against. Slow and short on purpose.

export type Edge = { kind: 'same' | 'not_same'; a: string; b: string };

/** The person (some name of it) of each record that has a key. `keysOf` holds the keys that count, `shared` those of them that tie nobody. */
export function peopleOf(
  keysOf: ReadonlyMap<string, readonly string[]>,
  shared: ReadonlySet<string>,
  edges: readonly Edge[],
): Map<string, string> {
  const counting = edges.filter(({ a, b }) => !shared.has(a) && !shared.has(b));
  const ties = new Map<string, string[]>();
  for (const [ref, keys] of keysOf)
    if (keys.length > 0)
      ties.set(
        ref,
        [...keys].filter((key) => !shared.has(key)),
      );
  for (const { kind, a, b } of counting) if (kind === 'same') ties.set(`edge ${a} ${b}`, [a, b]);

  const person = new Map<string, string>();
  for (const first of ties.keys()) {
    if (person.has(first)) continue;
    const component = flood(ties, first);
    const keys = new Set(component.flatMap((ref) => ties.get(ref)!));
    const pairs = counting.filter(({ kind, a, b }) => kind === 'not_same' && keys.has(a) && keys.has(b));
    if (pairs.length === 0) for (const ref of component) person.set(ref, first);
    else for (const [ref, name] of divided(ties, component, pairs)) person.set(ref, name);
  }
  return new Map([...person].filter(([ref]) => !ref.startsWith('edge ')));
}

function flood(ties: Map<string, string[]>, first: string): string[] {
  const found = [first];
  for (const ref of found) {
    for (const [other, keys] of ties) {
      if (!found.includes(other) && keys.some((key) => ties.get(ref)!.includes(key))) found.push(other);
    }
  }
  return found;
}

/** How many records away each is from a key: the holders of the key are 1. */
function distancesFrom(ties: Map<string, string[]>, component: string[], anchor: string): Map<string, number> {
  const distance = new Map<string, number>();
  for (let round = 1; round <= component.length; round++) {
    for (const ref of component) {
      if (distance.has(ref)) continue;
      const keys = ties.get(ref)!;
      const isNext =
        round === 1
          ? keys.includes(anchor)
          : component.some(
              (other) => distance.get(other) === round - 1 && keys.some((key) => ties.get(other)!.includes(key)),
            );
      if (isNext) distance.set(ref, round);
    }
  }
  return distance;
}

function divided(ties: Map<string, string[]>, component: string[], pairs: Edge[]): [string, string][] {
  const anchors = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  const distances = new Map(anchors.map((anchor) => [anchor, distancesFrom(ties, component, anchor)]));
  const nearest = new Map(
    component.map((ref) => {
      const least = Math.min(...anchors.map((anchor) => distances.get(anchor)!.get(ref) ?? Number.POSITIVE_INFINITY));
      return [ref, anchors.find((anchor) => distances.get(anchor)!.get(ref) === least)!];
    }),
  );
  const group = new Map(anchors.map((anchor) => [anchor, anchor]));
  const isPair = (x: string, y: string) => pairs.some(({ a, b }) => (a === x && b === y) || (a === y && b === x));
  const isTied = (x: string, y: string) =>
    component.some(
      (one) =>
        nearest.get(one) === x &&
        component.some((two) => nearest.get(two) === y && ties.get(one)!.some((key) => ties.get(two)!.includes(key))),
    );
  for (const x of anchors) {
    for (const y of anchors.filter((anchor) => anchor > x)) {
      const mine = anchors.filter((anchor) => group.get(anchor) === group.get(x));
      const its = anchors.filter((anchor) => group.get(anchor) === group.get(y));
      if (!isTied(x, y) || mine.some((one) => its.some((two) => isPair(one, two)))) continue;
      for (const anchor of its) group.set(anchor, group.get(x)!);
    }
  }
  return component.map((ref) => [ref, `part ${component[0]} ${group.get(nearest.get(ref)!)}`]);
}
