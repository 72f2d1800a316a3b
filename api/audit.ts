// The audit log: one row for each view of a person, export, and change of users or settings, in the act's own transaction.
import type { TenantId, UserId } from '#shared/ids.ts';
import type { Tx } from './db.ts';

export type AuditEntry = {
  /** `person.viewed`, `export.created`, `user.invited` … */
  action: `${string}.${string}`;
  entity?: string;
  entityId?: string;
  /** Ids, counts and codes; never a name, phone or e-mail. */
  facts?: Record<string, string | number | boolean | null>;
};

/** Writes down that a user did something; inside withTenant(). */
export async function audit(
  tx: Tx,
  { tenantId, userId }: { tenantId: TenantId; userId: UserId },
  { action, entity, entityId, facts = {} }: AuditEntry,
): Promise<void> {
  await tx`
    insert into audit_log (tenant_id, user_id, action, entity, entity_id, facts)
    values (${tenantId}, ${userId}, ${action}, ${entity ?? null}, ${entityId ?? null}, ${tx.json(facts)})`;
}
