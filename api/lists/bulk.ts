// One act on many rows of a list, in one transaction, by the same rules as on one (shared/contacts): who wants no messages, was written to a moment ago
// or is marked already is left as it was and counted by the reason.
import { registerContact } from '#shared/contacts/contact.ts';
import { type LeadStage, moveLead } from '#shared/contacts/lead-stage.ts';
import { optOutRecord } from '#shared/contacts/opt-out.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { addTag } from '#shared/contacts/remarks.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import type { ListName } from '#web/lists.ts';
import type { BulkFacts, BulkReason } from '#web/pages/bulk.tsx';
import type { Tx } from '../db.ts';
import { findPersonContact } from '../queries/contacts.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

export type BulkOrder =
  | { act: 'whatsapp' | 'email' }
  | { act: 'situacao'; stage: LeadStage; reason: string }
  | { act: 'etiqueta'; name: string }
  | { act: 'nao_contatar'; reason: string };

type Author = { tenantId: TenantId; userId: UserId; now: Date };

const kinds = { leads: 'lead', carrinhos: 'cart', pedidos: 'order' } as const;

/** The record of a row; of a person the one by which it is written to. */
async function recordOf(tx: Tx, tenantId: TenantId, list: ListName, id: string): Promise<RecordRef | null> {
  if (list !== 'clientes') return { entity: kinds[list], id };
  return await findPersonContact(tx, tenantId, id as never);
}

/** Does it to each of the rows, which the company has; recomputes and tells the pages once. */
export async function actOnRows(
  tx: Tx,
  { list, ids, order }: { list: ListName; ids: readonly string[]; order: BulkOrder },
  { tenantId, userId, now }: Author,
): Promise<BulkFacts> {
  const db = statementsOf(tx, tenantId);
  const facts: BulkFacts = { list, act: order.act, done: 0, leftOut: {} };
  const touched: RecordRef[] = [];
  // By id, so that two of these at the same time wait for each other and not in a ring.
  for (const id of [...ids].sort((a, b) => Number(a) - Number(b))) {
    const record = await recordOf(tx, tenantId, list, id);
    const reason = record ? await actOn(db, record, order, { userId, now }) : 'no_record';
    if (reason !== null) {
      facts.leftOut[reason] = (facts.leftOut[reason] ?? 0) + 1;
      continue;
    }
    facts.done++;
    touched.push({ entity: record!.entity, id: record!.id });
  }
  if (touched.length > 0) await recomputeNow(tx, { tenantId, now, cause: 'contact' }, { records: touched });
  return facts;
}

type Acting = { userId: UserId; now: Date };

async function contactOne(
  db: Statements,
  record: RecordRef,
  channel: 'whatsapp' | 'email',
  { userId, now }: Acting,
): Promise<BulkReason | null> {
  const contact = { record, channel, template: null, userId, at: now, seenId: '', isForced: false };
  const outcome = await registerContact(db, contact);
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'blocked':
      return outcome.block.code === 'opted_out' ? 'opted_out' : 'no_address';
    case 'conflict':
      return 'marked';
    case 'cool_down':
      return outcome.mark.contactedAt.getTime() === now.getTime() ? 'repeated' : 'cool_down';
    case 'not_found':
      return 'no_record';
  }
}

/** null: done. */
async function actOn(db: Statements, record: RecordRef, order: BulkOrder, acting: Acting): Promise<BulkReason | null> {
  switch (order.act) {
    case 'whatsapp':
    case 'email':
      return await contactOne(db, record, order.act, acting);
    case 'situacao': {
      const { stage, reason } = order;
      return (await moveLead(db, { leadId: record.id, stage, reason, ...acting })) ? null : 'unchanged';
    }
    case 'etiqueta':
      return (await addTag(db, record, { name: order.name, ...acting })) ? null : 'unchanged';
    case 'nao_contatar': {
      const added = await optOutRecord(db, record, { channel: 'all', reason: order.reason, ...acting });
      return added === 'no_keys' ? 'no_address' : added === 0 ? 'unchanged' : null;
    }
  }
}
