// One person as the company's people see it: records, e-mails and phones, why they are one, what was said by hand, and what it was before
// (docs/rules.md, people). And pairs that may be one person: never united without somebody's word.
import type { Statements } from '../recompute/statements.ts';
import { listEdges } from './person-edges.ts';

type Entity = 'lead' | 'cart' | 'order';
export type PersonSums = {
  id: string;
  paidOrderCount: number;
  firstPaidAt: Date | null;
  lastPaidAt: Date | null;
  netMinor: string;
  /** Somebody said that records which keys tie together here are several people. */
  isSplit: boolean;
};
export type PersonRecord = {
  entity: Entity;
  id: string;
  sourceId: string;
  site: string;
  at: Date;
  name: string | null;
  keys: string[];
};
export type PersonKey = {
  key: string;
  isDenied: boolean;
  isShared: boolean;
  recordCount: number;
  firstAt: Date;
  lastAt: Date;
};
/** `a` and `b` are one person's since `at`: a record has both, or (`edge`) somebody said so. */
export type PersonUnion = {
  a: string;
  b: string;
  entity: Entity | 'edge';
  id: string;
  sourceId: string | null;
  site: string | null;
  at: Date;
  author: string | null;
  note: string | null;
};
export type PersonChange = {
  kind: 'merged' | 'split';
  personId: string;
  otherPersonId: string;
  key: string | null;
  entity: Entity | 'edge' | null;
  entityId: string | null;
  changedAt: Date;
};
export type Suggestion = {
  /** One address but for dots, tag or domain; or the same first name beside the same shared key. */
  reason: 'dots' | 'tag' | 'domain' | 'name';
  a: string;
  b: string;
  personA: string;
  personB: string;
  sharedKey: string | null;
  name: string | null;
};

/** The person of the id, or the one that it was merged into; null when its records have gone. */
export async function findPerson(db: Statements, { id }: { id: string }) {
  const tenant = db.tenantId;
  const { rows } = await db.run<PersonSums>('find_person', { tenant, person: id });
  const person = rows[0];
  if (!person) return null;
  const own = { tenant, person: person.id };
  const records = (await db.run<PersonRecord>('get_person_records', own)).rows;
  const keys = (await db.run<PersonKey>('get_person_keys', own)).rows;
  const unions = (await db.run<PersonUnion>('get_person_unions', own)).rows;
  const edges = await listEdges(db, { keys: keys.map(({ key }) => key) });
  const changes = (await db.run<PersonChange>('get_person_changes', own)).rows;
  return { ...person, records, keys, unions, edges, changes };
}

/** Pairs that may be one person, at most `limit`. */
export async function listSuggestions(db: Statements, { limit }: { limit: number }): Promise<Suggestion[]> {
  return (await db.run<Suggestion>('list_person_suggestions', { tenant: db.tenantId, limit })).rows;
}

/** Pairs of which one is the person `id`: it is `personA`, and `a` is its key. */
export async function listSuggestionsOf(
  db: Statements,
  { id, limit }: { id: string; limit: number },
): Promise<Suggestion[]> {
  return (await db.run<Suggestion>('find_person_suggestions', { tenant: db.tenantId, person: id, limit })).rows;
}
