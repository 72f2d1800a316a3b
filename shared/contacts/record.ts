// Whom an act is about: a lead, a cart or an order of the company, and through it the person.
import type { Statements } from '../recompute/statements.ts';
import { together } from '../together.ts';

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
 * Waits for other acts about the same person, so that what `read` finds is what they left; gives that, or null when the company has no such record. The
 * wait ends with the transaction, which must read committed.
 */
export async function readLocked<T>(
  db: Statements,
  { entity, id }: RecordRef,
  read: () => Promise<T>,
): Promise<T | null> {
  const findSubject = async () => {
    const { rows } = await db.run<{ personId: string | null }>('find_record', { tenant: db.tenantId, entity, id });
    if (!rows[0]) return null;
    return rows[0].personId === null ? `${entity}:${id}` : `person:${rows[0].personId}`;
  };
  let subject = await findSubject();
  while (subject !== null) {
    const lock = db.run('lock_contacts', { subject: `contacts:${db.tenantId}:${subject}` });
    // Asked in one piece, answered one after the other: the person may have become another while we waited, and what was read is then read again.
    const [, current, found] = await together([lock, findSubject(), read()]);
    if (current === subject) return found;
    subject = current;
  }
  return null;
}
