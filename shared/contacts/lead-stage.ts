// How far a lead has come, as people see it: Novo, Contactado, Potencial, Perdido with a reason. "É cliente" is concluded from orders and stands
// apart. Each move is a row with its author; the newest that is not undone is in force.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';

export const leadStages = ['new', 'contacted', 'potential', 'lost'] as const;
export type LeadStage = (typeof leadStages)[number];

export type StageInForce = {
  stage: LeadStage;
  reason: string;
  userName: string | null;
  createdAt: Date;
  /** A WhatsApp mark moved it. */
  isByContact: boolean;
};

/** The stage in force; null when nobody has moved the lead, which then is new. */
export async function findLeadStage(db: Statements, leadId: string): Promise<StageInForce | null> {
  const { rows } = await db.run<StageInForce>('find_lead_stage', { tenant: db.tenantId, id: leadId });
  return rows[0] ?? null;
}

type Move = { leadId: string; stage: LeadStage; reason: string; userId: UserId | null; now: Date };

/** Moves a lead of the company; false when it is there already, with that reason. Losing a lead needs a reason, nothing else has one. */
export async function moveLead(db: Statements, { leadId, stage, reason, userId, now }: Move): Promise<boolean> {
  const current = await findLeadStage(db, leadId);
  if ((current?.stage ?? 'new') === stage && (current?.reason ?? '') === reason) return false;
  const values = { tenant: db.tenantId, id: leadId, stage, reason, contact: null, user: userId, now };
  await db.run('insert_lead_stage', values);
  return true;
}

/** A WhatsApp mark moves a new lead to contacted, and no other. */
export async function moveByContact(
  db: Statements,
  { leadId, contactId, userId, now }: { leadId: string; contactId: string; userId: UserId | null; now: Date },
): Promise<void> {
  const current = await findLeadStage(db, leadId);
  if ((current?.stage ?? 'new') !== 'new') return;
  const values = { tenant: db.tenantId, id: leadId, stage: 'contacted', reason: '', contact: contactId, user: userId };
  await db.run('insert_lead_stage', { ...values, now });
}
