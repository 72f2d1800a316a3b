// Who was written to, when and by whom (docs/rules.md, Contacts). A mark "e-mail enviado" or "WhatsApp enviado" is the latest contact of a record by
// that channel that is not undone; nothing is overwritten, and of two simultaneous acts about one person the second sees the first.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';
import { notifyChanged } from '../recompute/touched.ts';
import { together } from '../together.ts';
import { newContactCode } from './code.ts';
import { moveByContact } from './lead-stage.ts';
import { type RecordRef, readLocked } from './record.ts';

export const channels = ['whatsapp', 'email', 'phone', 'other'] as const;
export type Channel = (typeof channels)[number];

/** What stands for a past contact: who and when. The author is null for what the command line did without a user. */
export type ContactMark = { id: string; channel: Channel; userName: string | null; contactedAt: Date };

export type BlockCode =
  | 'opted_out'
  | 'no_email'
  | 'no_phone'
  | 'invalid_phone'
  | 'fictitious_phone'
  /** A warning only. */
  | 'landline';
export type ContactBlock = { code: BlockCode; isBlocking: boolean; since: Date | null; phoneReason: string | null };

export type NewContact = {
  record: RecordRef;
  channel: Channel;
  /** The name of the message's template. */
  template: string | null;
  userId: UserId | null;
  at: Date;
  /** The code that the message's link carries; a new one without it, or when the company has used it. */
  code?: string | null;
  /** The mark in force that the person saw (null: none); absent when nothing was shown. */
  seenId?: string | null;
  /** Contact all the same, although another mark is in force or the person was contacted a moment ago. Never breaks an opt-out. */
  isForced: boolean;
};

export type ContactOutcome =
  | { kind: 'done'; id: string; code: string; key: string | null; block: ContactBlock | null }
  | { kind: 'not_found' }
  | { kind: 'blocked'; block: ContactBlock }
  | { kind: 'conflict'; mark: ContactMark }
  | { kind: 'cool_down'; mark: ContactMark };

type FoundBlock = ContactBlock & { key: string | null };

/** Writes a contact down, or says why not. The caller recomputes the record. */
export async function registerContact(db: Statements, contact: NewContact): Promise<ContactOutcome> {
  const { record, channel, template, userId, at, seenId, isForced } = contact;
  const about = { tenant: db.tenantId, ...record };
  const asksMark = !isForced && seenId !== undefined;
  const none = Promise.resolve({ rows: [] as ContactMark[] });
  const found = await readLocked(db, record, () =>
    together([
      db.run<Omit<FoundBlock, 'code'> & { code: BlockCode | null }>('find_contact_block', { ...about, channel }),
      asksMark ? db.run<ContactMark>('find_mark', { ...about, channel }) : none,
      isForced ? none : db.run<ContactMark>('find_recent_contact', { ...about, at }),
    ]),
  );
  if (!found) return { kind: 'not_found' };
  const [{ rows: blocks }, { rows: marks }, { rows: recent }] = found;
  const { key, code: blockCode, ...facts } = blocks[0]!;
  const block = blockCode === null ? null : { code: blockCode, ...facts };
  if (block?.isBlocking) return { kind: 'blocked', block };

  if (marks[0] && marks[0].id !== seenId) return { kind: 'conflict', mark: marks[0] };
  if (recent[0]) return { kind: 'cool_down', mark: recent[0] };

  const insert = async (withCode: string) => {
    const values = { ...about, channel, key, code: withCode, template, user: userId, at };
    return (await db.run<{ id: string }>('insert_contact', values)).rows[0]?.id;
  };
  let code = contact.code ?? newContactCode();
  let [id] = await together([insert(code), tellPages(db)]);
  while (id === undefined) {
    code = newContactCode();
    id = await insert(code);
  }
  if (record.entity === 'lead' && channel === 'whatsapp') {
    await moveByContact(db, { leadId: record.id, contactId: id, userId, now: at });
  }
  return { kind: 'done', id, code, key, block };
}

/** Takes a contact back; the trail stays. The record that it was about, to be recomputed; null when the company has no such contact. */
export async function undoContact(
  db: Statements,
  { id, userId, now }: { id: string; userId: UserId | null; now: Date },
): Promise<RecordRef | null> {
  const { rows } = await db.run<RecordRef>('undo_contact', { tenant: db.tenantId, id, user: userId, now });
  if (!rows[0]) return null;
  await tellPages(db);
  return rows[0];
}

/** A fact about a person is on the pages of all its records, whatever they are. */
export async function tellPages(db: Statements): Promise<void> {
  await notifyChanged(db, ['cart', 'lead', 'order']);
}
