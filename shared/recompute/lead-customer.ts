// Whether a lead was a customer already, became one, or is none (docs/rules.md, lead and customer). Looked at from both sides: a new lead, and a
// new order of somebody who once was a lead.
import { analyzeScratch, type Statements } from './statements.ts';

/** Recomputes the leads that the touched records and keys concern, or all. Gives how many changed. */
export async function refreshLeads(db: Statements, { now, isFull }: { now: Date; isFull: boolean }): Promise<number> {
  const tenant = db.tenantId;
  if (!isFull) {
    await db.run('recompute_scope_leads', { tenant });
    await analyzeScratch(db, 'scope_leads');
  }
  return (await db.run('recompute_write_leads', { tenant, now })).rowCount;
}
