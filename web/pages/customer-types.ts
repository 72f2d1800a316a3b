// The plain objects that the customer pages show. A customer page is about a person: also one who has not bought yet.
import type { CustomerStatusName, PersonStatus } from '#shared/customer-statuses.ts';
import type { CartId, LeadId, OrderId, PersonId } from '#shared/ids.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import type { RecordPanelFacts } from '../components/contact-types.ts';
import type { Clock } from '../format.ts';
import type { CartReason, CartStatus, CustomerStatus, OrderClass } from '../messages.ts';
import type { Duplicate } from './duplicates.tsx';

/** The tabs of the list (`?situacao=`). */
export type CustomerTab = 'todos' | CustomerStatusName;

/** Scores from 1 to 5; all null without a paid order in the last 24 months. */
export type Scores = { recency: number | null; frequency: number | null; monetary: number | null };

export type CustomerRow = Scores & {
  personId: PersonId;
  name: string | null;
  email: string | null;
  phoneE164: string | null;
  phoneKind: string | null;
  status: PersonStatus;
  paidOrderCount: number;
  /** In the company's currency. */
  netMinor: string;
  firstPaidAt: Date | null;
  lastPaidAt: Date | null;
  lastSeenAt: Date | null;
};

/** An e-mail or phone of the person, as a match key (`e:…`, `p:…`). */
export type CustomerKey = { key: string; isShared: boolean; isDenied: boolean; recordCount: number };

/** Two keys that are the same person because one record has both (or somebody said so). */
export type CustomerUnion = {
  a: string;
  b: string;
  entity: 'lead' | 'cart' | 'order' | 'edge';
  id: string;
  at: Date | null;
  author: string | null;
};

/** What somebody said of two keys, in force. */
export type CustomerWord = { id: string; kind: 'same' | 'not_same'; a: string; b: string; createdAt: Date };

export type TimelineEntry = { at: Date | null } & (
  | { entity: 'lead'; id: LeadId; status: CustomerStatus }
  | { entity: 'cart'; id: CartId; status: CartStatus; reason: CartReason; totalMinor: string; currency: string }
  | {
      entity: 'order';
      id: OrderId;
      number: string;
      orderClass: OrderClass;
      wcStatus: string;
      totalMinor: string;
      currency: string;
    }
  | { entity: 'note'; body: string; userName: string | null }
  /** Somebody became part of this person; a part of it became another; it came off another. `key` tied them. */
  | { entity: 'merged' | 'split' | 'split_off'; otherId: PersonId; key: string | null }
  | { entity: 'contact'; channel: 'whatsapp' | 'email' | 'phone' | 'other'; userName: string | null; isUndone: boolean }
);

export type CustomerDetail = CustomerRow & {
  currency: string;
  recentOrderCount: number;
  recentNetMinor: string;
  medianGapSeconds: string | null;
  inactiveAt: Date | null;
  keys: CustomerKey[];
  unions: CustomerUnion[];
  words: CustomerWord[];
  /** Who may be this person too. */
  duplicates: Duplicate[];
  /** Newest first, up to `mostTimelineEntries`. */
  timeline: TimelineEntry[];
};

export const mostTimelineEntries = 100;

export type CustomerPageProps = {
  slug: string;
  customer: CustomerDetail;
  /** Of the record by which the person is written to. */
  contact: RecordPanelFacts | null;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
  /** May answer what the person asks about the own data; may say that it is two people. */
  canAnswerRequests: boolean;
  canDivide: boolean;
};

/** Nothing is left of the person but that there was one. */
export const isErased = ({ keys }: Pick<CustomerDetail, 'keys'>): boolean => keys.some(({ key }) => isErasedKey(key));
