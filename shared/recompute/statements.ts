// What a recompute needs of Postgres, whichever process and driver runs it: the statements of sql/queries, in one transaction of one company.
import type { TenantId } from '../ids.ts';

export type Statements = {
  readonly tenantId: TenantId;
  /** Runs sql/queries/`name`.sql with its named values. Its columns are one word or "camelCase": one of the drivers renames others. */
  run<Row extends object = Record<string, unknown>>(
    name: string,
    values?: Record<string, unknown>,
  ): Promise<{ rows: Row[]; rowCount: number }>;
  /** Runs a text without parameters, for settings and `analyze`. */
  execute(text: string): Promise<void>;
};

/** From here to the end of the transaction the statements look at everything: what they look at is then views over the whole company (migration 0020). */
export async function lookAtEverything(db: Statements): Promise<void> {
  await db.execute('set local search_path = whole_company, public, pg_temp');
}

/** The planner guesses badly about a work table that it has not looked at. */
export async function analyzeScratch(db: Statements, table: string): Promise<void> {
  await db.execute(`analyze pg_temp.${table}`);
}
