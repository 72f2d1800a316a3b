// What makes two records the same person: equal e-mail or equal phone, nothing else (docs/rules.md, Keys and shared keys).
// Each record has its own keys only; the denylist and the shared keys of a company are judged later, in SQL.

import { emailKeyOf } from './email.ts';
import type { Phone, PhoneKind } from './phone.ts';

export type MatchKey = {
  kind: 'email' | 'phone';
  /** The normalised e-mail, or the E.164. */
  key: string;
  phoneKind: PhoneKind | null;
  /** The phone's area code was presumed: worth less in the score (docs/rules.md, Match). */
  isPresumed: boolean;
};

export type ContactFields = {
  emails: (string | null)[];
  phones: Phone[];
  /** The shop has erased this person (`_anonymized`): no key at all. */
  isAnonymized: boolean;
};

/** The distinct keys of one record, e-mails first, in the order given. A phone both presumed and stated counts as stated. */
export function matchKeysOf({ emails, phones, isAnonymized }: ContactFields): MatchKey[] {
  if (isAnonymized) return [];
  const keys = new Map<string, MatchKey>();

  for (const raw of emails) {
    const key = emailKeyOf(raw);
    if (key !== null) keys.set(key, { kind: 'email', key, phoneKind: null, isPresumed: false });
  }

  for (const phone of phones) {
    for (const { status, e164, kind, isPresumed } of [phone, ...phone.alternatives]) {
      if (status !== 'valid' || e164 === null) continue;
      const known = keys.get(e164);
      keys.set(e164, {
        kind: 'phone',
        key: e164,
        phoneKind: kind,
        isPresumed: isPresumed && (known?.isPresumed ?? true),
      });
    }
  }
  return [...keys.values()];
}
