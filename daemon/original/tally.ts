// What a run of `migrar-original` did, by kind of thing: brought, brought by an earlier run, or left, each with its reason.
import type { Client } from '../db.ts';

export type Outcome = 'brought' | 'already' | { left: string };
export type TallyRow = { item: string; brought: number; already: number; left: Record<string, number> };

/** Values that our tables do not take (22 = data exception, 23 = integrity constraint): the row is at fault, not the work. */
const rowFault = /^2[23]/;

/**
 * Does one old row's work so that, when Postgres refuses its values, it alone is left, told by its table and id; anything else rises. Inside a
 * transaction.
 */
export async function attempt(client: Client, row: string, work: () => Promise<Outcome>): Promise<Outcome> {
  await client.query('savepoint old_row');
  try {
    const outcome = await work();
    await client.query('release savepoint old_row');
    return outcome;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !rowFault.test(code)) throw error;
    await client.query('rollback to savepoint old_row');
    return { left: `${row} tem um valor que não cabe aqui (${code})` };
  }
}

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
