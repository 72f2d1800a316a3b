// What a data subject asks of the company: access, correction, opposition, erasure (docs/lgpd.md). An erasure is decided by an owner who is not
// the one that asked; the only owner says it twice, 24 hours apart.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';

export const requestKinds = ['access', 'correction', 'opposition', 'erasure'] as const;
export type RequestKind = (typeof requestKinds)[number];
export type RequestState = 'open' | 'approved' | 'done' | 'refused';

export const requestKindWords: Readonly<Record<RequestKind, string>> = {
  access: 'Acesso',
  correction: 'Correção',
  opposition: 'Oposição',
  erasure: 'Eliminação',
};

export type SubjectRequest = {
  id: string;
  kind: RequestKind;
  state: RequestState;
  personId: string;
  note: string;
  requestedAt: Date;
  /** A name; null: the command line. */
  requestedBy: string | null;
  requestedById: UserId | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  doneAt: Date | null;
  /** Of an erasure: how many rows of what. */
  outcome: Record<string, number>;
};

/** A complete answer is due so many days after the request (LGPD, art. 19, II). */
const answerDays = 15;
const hourMs = 3_600_000;
/** The only owner decides about the own request after so long. */
const secondWordHours = 24;

export const maxRequestNote = 2_000;

export function dueAt({ requestedAt }: Pick<SubjectRequest, 'requestedAt'>): Date {
  return new Date(requestedAt.getTime() + answerDays * 24 * hourMs);
}

/** Writes a request down; null when the same is open already. */
export async function askSubject(
  db: Statements,
  {
    kind,
    personId,
    note,
    userId,
    now,
  }: { kind: RequestKind; personId: string; note: string; userId: UserId | null; now: Date },
): Promise<string | null> {
  const values = { tenant: db.tenantId, kind, person: personId, note, user: userId, now };
  return (await db.run<{ id: string }>('insert_subject_request', values)).rows[0]?.id ?? null;
}

export type Decision = 'approve' | 'refuse' | 'close';
export type DecisionResult =
  | { kind: 'decided'; personId: string; state: RequestState }
  | { kind: 'not_found' }
  | { kind: 'not_open' }
  /** Somebody else must approve it. */
  | { kind: 'own_request' }
  /** The only owner says it again from then on. */
  | { kind: 'too_early'; from: Date };

/** Approves or refuses an erasure, or closes another request as answered. The caller has checked that the user is an owner. */
export async function decideRequest(
  db: Statements,
  { id, decision, userId, now }: { id: string; decision: Decision; userId: UserId; now: Date },
): Promise<DecisionResult> {
  type Row = Pick<SubjectRequest, 'kind' | 'state' | 'personId' | 'requestedAt'> & {
    requestedBy: UserId | null;
    ownerCount: number;
  };
  const tenant = db.tenantId;
  const request = (await db.run<Row>('lock_subject_request', { tenant, id })).rows[0];
  if (!request) return { kind: 'not_found' };
  if (request.state !== 'open' || (decision === 'approve') !== (request.kind === 'erasure' && decision !== 'refuse')) {
    return { kind: 'not_open' };
  }
  if (decision === 'approve' && request.requestedBy === userId) {
    if (request.ownerCount > 1) return { kind: 'own_request' };
    const from = new Date(request.requestedAt.getTime() + secondWordHours * hourMs);
    if (now < from) return { kind: 'too_early', from };
  }
  const state = decision === 'approve' ? 'approved' : decision === 'refuse' ? 'refused' : 'done';
  await db.run('decide_subject_request', { tenant, id, state, user: userId, now });
  return { kind: 'decided', personId: request.personId, state };
}

/** Open ones first, by their deadline. */
export async function listRequests(db: Statements, { limit }: { limit: number }): Promise<SubjectRequest[]> {
  return (await db.run<SubjectRequest>('list_subject_requests', { tenant: db.tenantId, limit })).rows;
}
