// The plain objects that the work queue shows.
import type { RecordKind } from '#shared/contacts/record.ts';
import type { PersonId } from '#shared/ids.ts';
import type { AudienceName } from '#shared/message-audiences.ts';
import type { ContactRefusal } from '../components/contact-marks.tsx';
import type { ContactState } from '../components/contact-types.ts';

/** Something open about a person: an unpaid order, a cart or a lead. */
export type QueueLine = {
  entity: RecordKind;
  id: string;
  at: Date | null;
  /** An order's number. */
  number: string | null;
  totalMinor: string | null;
  currency: string | null;
  /** How it is paid, what is in it, or the form. */
  detail: string | null;
  status: string | null;
  /** A cart's items. */
  count: number;
};

export type QueuePerson = {
  personId: PersonId;
  name: string | null;
  email: string | null;
  phoneE164: string | null;
  phoneKind: string | null;
  paidOrderCount: number;
  netMinor: string;
  currency: string;
  lines: QueueLine[];
};

/** A colleague at the same person. */
export type QueueView = { kind: 'opened' | 'contacted'; name: string | null; at: Date };

export type QueueCard = {
  person: QueuePerson;
  /** The record that the message is about. */
  state: ContactState;
  /** The text that fits, or the one chosen; null: none is on. */
  audience: AudienceName | null;
  /** What was chosen by hand. */
  chosen: AudienceName | null;
  text: string;
  reminders: readonly string[];
  views: readonly QueueView[];
  position: number;
  refusal: ContactRefusal | null;
};
