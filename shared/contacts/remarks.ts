// What people write beside a record: notes, tags and reminders. Each has its author and its instant, and goes by a fact of its own.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';
import { type TimeZone, wallClockToInstant } from '../time-zone.ts';
import type { RecordRef } from './record.ts';

export const maxNoteLength = 10_000;
export const maxTagLength = 60;
export const maxReasonLength = 1000;

type Author = { userId: UserId | null; now: Date };

/** What Postgres can keep: its text holds no NUL character. Ends trimmed. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').trim();
}

/** As Postgres counts: an emoji is one character, not two. */
export const textLength = (text: string): number => [...text].length;

/** Nine in the morning of a day (`2026-01-31`) in the company's time zone: when a reminder of that day is due. Null for what is no day. */
export function reminderInstant(day: string, timeZone: TimeZone): Date | null {
  const wallMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T09:00:00Z`) : Number.NaN;
  // Date takes 30 February for 2 March.
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 10) !== day) return null;
  return new Date(wallClockToInstant(wallMs, timeZone));
}

/** A free text of 1 to 10,000 characters; gives its id. */
export async function addNote(
  db: Statements,
  { entity, id }: RecordRef,
  { body, userId, now }: Author & { body: string },
): Promise<string> {
  const { rows } = await db.run<{ id: string }>('insert_note', {
    tenant: db.tenantId,
    entity,
    id,
    body,
    user: userId,
    now,
  });
  return rows[0]!.id;
}

/** Puts a tag of 1 to 60 characters on a record; false when it has it already. */
export async function addTag(
  db: Statements,
  { entity, id }: RecordRef,
  { name, userId, now }: Author & { name: string },
): Promise<boolean> {
  const tenant = db.tenantId;
  await db.run('insert_tag', { tenant, name, now });
  const { rowCount } = await db.run('insert_record_tag', { tenant, entity, id, name, user: userId, now });
  return rowCount > 0;
}

/** On `remindAt` the person is to be looked at again; gives the reminder's id. */
export async function addReminder(
  db: Statements,
  { entity, id }: RecordRef,
  { remindAt, note, userId, now }: Author & { remindAt: Date; note: string },
): Promise<string> {
  const values = { tenant: db.tenantId, entity, id, remind_at: remindAt, note, user: userId, now };
  const { rows } = await db.run<{ id: string }>('insert_reminder', values);
  return rows[0]!.id;
}

const undoQueries = { note: 'undo_note', tag: 'undo_record_tag', reminder: 'undo_reminder' } as const;

/** Takes a note, a tag on a record or a reminder back; the record it stood beside, or null when the company has none with this id. */
export async function undoRemark(
  db: Statements,
  kind: keyof typeof undoQueries,
  { id, userId, now }: Author & { id: string },
): Promise<RecordRef | null> {
  const { rows } = await db.run<RecordRef>(undoQueries[kind], { tenant: db.tenantId, id, user: userId, now });
  return rows[0] ?? null;
}
