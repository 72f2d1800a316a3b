// What a run of `migrar-original` did, by kind of thing: brought, brought by an earlier run, or left, each with its reason.
export type Outcome = 'brought' | 'already' | { left: string };
export type TallyRow = { item: string; brought: number; already: number; left: Record<string, number> };

export function createTally() {
  const rows = new Map<string, TallyRow>();
  return {
    count(item: string, outcome: Outcome): void {
      const row = rows.get(item) ?? { item, brought: 0, already: 0, left: {} };
      rows.set(item, row);
      if (typeof outcome === 'string') row[outcome]++;
      else row.left[outcome.left] = (row.left[outcome.left] ?? 0) + 1;
    },
    rows: () => [...rows.values()],
  };
}

export type Tally = ReturnType<typeof createTally>;
