// Whom an act is about: a lead, a cart or an order of the company, and through it the person.
import type { Statements } from '../recompute/statements.ts';

export const recordKinds = ['lead', 'cart', 'order'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Our id, not the shop's. */
export type RecordRef = { entity: RecordKind; id: string };

/** Does the company have this record? */
export async function hasRecord(db: Statements, { entity, id }: RecordRef): Promise<boolean> {
  const { rows } = await db.run('find_record', { tenant: db.tenantId, entity, id });
  return rows.length > 0;
}

/**
 * Waits for other acts about the same person, so that what is read afterwards is what they left. Ends with the transaction, which must read
 * committed. False when the company has no such record.
 */
export async function lockPerson(db: Statements, { entity, id }: RecordRef): Promise<boolean> {
  let locked: string | null = null;
  for (;;) {
    const { rows } = await db.run<{ personId: string | null }>('find_record', { tenant: db.tenantId, entity, id });
    if (!rows[0]) return false;
    const subject = rows[0].personId === null ? `${entity}:${id}` : `person:${rows[0].personId}`;
    // The person may have become another while we waited.
    if (subject === locked) return true;
    locked = subject;
    await db.run('lock_contacts', { subject: `contacts:${db.tenantId}:${subject}` });
  }
}
