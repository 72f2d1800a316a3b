// The way from a record to WhatsApp with the right text written. The address of our own site names the record and nothing of the person; who is
// written to and what is found here, at the click (docs/rules.md, Messages).

import { codeOfClick, withContactCode } from '#shared/contacts/code.ts';
import type { ContactBlock, ContactMark } from '#shared/contacts/contact.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { type AudienceName, audiences, pickAudience, templateFor } from '#shared/message-audiences.ts';
import { cartLink, renderMessage, whatsappUrl } from '#shared/message-template.ts';
import { variantWithoutNine } from '#shared/phone.ts';
import { localDay } from '#shared/time-zone.ts';
import { recordValue } from '#web/components/contact-types.ts';
import type { Clock } from '#web/format.ts';
import type { Company, SignedUser } from './context.ts';
import { runQuery, type Tx } from './db.ts';
import {
  listMessageFacts,
  loadCoupon,
  loadLinkSecret,
  loadPreferences,
  loadTemplates,
  type MessageContext,
  messageValues,
} from './queries/messages.ts';

export type LinkWish = {
  record: RecordRef;
  /** Another text than the one that fits. */
  audience: AudienceName | null;
  /** What makes the code of this click; without it nothing is marked and the code is nobody's. */
  click: string;
  isWithoutNine: boolean;
  /** Although somebody was in touch with the person a moment ago. */
  isForced: boolean;
};

export type MessageLink =
  | { kind: 'url'; url: string }
  | { kind: 'blocked'; block: ContactBlock }
  | { kind: 'cool_down'; mark: ContactMark };

export async function messageContext(
  tx: Tx,
  { company, user, clock }: { company: Company; user: SignedUser; clock: Clock },
): Promise<MessageContext> {
  const coupon = await loadCoupon(tx, localDay(clock.now, clock.timeZone));
  return { companyName: company.name, userName: user.name, coupon, clock };
}

/** Null when the company has no such record. */
export async function findMessageLink(
  tx: Tx,
  { company, user, clock }: { company: Company; user: SignedUser; clock: Clock },
  { record, audience, click, isWithoutNine, isForced }: LinkWish,
): Promise<MessageLink | null> {
  const about = { tenant: company.id, ...record };
  const [facts] = await listMessageFacts(tx, company.id, [record]);
  if (!facts) return null;
  const [block] = await runQuery<ContactBlock>(tx, 'find_contact_block', { ...about, channel: 'whatsapp' });
  if (block?.isBlocking || !facts.phoneE164) return { kind: 'blocked', block: block! };
  const code = await codeFor(tx, { company, user, record, click });
  if (!isForced) {
    const values = { ...about, at: clock.now, code };
    const [mark] = await runQuery<ContactMark>(tx, 'find_other_recent_contact', values);
    if (mark) return { kind: 'cool_down', mark };
  }
  const template = templateFor(await loadTemplates(tx), audience ?? pickAudience(facts, clock.now));
  const link = cartLink(facts);
  const values = messageValues(
    facts,
    await messageContext(tx, { company, user, clock }),
    link && withContactCode(link, code),
  );
  const { opener } = await loadPreferences(tx, user.id);
  const digits = (isWithoutNine ? variantWithoutNine(facts.phoneE164) : null) ?? facts.phoneE164.slice(1);
  return {
    kind: 'url',
    url: whatsappUrl(opener, { digits, text: template ? renderMessage(template.body, values) : '' }),
  };
}

type Click = { company: Company; user: SignedUser; record: RecordRef; click: string };

/** The code of a click, which its link and its mark carry. */
async function codeFor(tx: Tx, { company, user, record, click }: Click): Promise<string> {
  return codeOfClick(await loadLinkSecret(tx, company.id), { userId: user.id, record: recordValue(record), click });
}

/** What the mark of a click keeps: its code, and the name of the text that went out (null: none). */
export async function contactOfClick(
  tx: Tx,
  { audience, now, ...click }: Click & { audience: AudienceName | null; now: Date },
): Promise<{ code: string; template: string | null }> {
  const [facts] = await listMessageFacts(tx, click.company.id, [click.record]);
  const template = facts && templateFor(await loadTemplates(tx), audience ?? pickAudience(facts, now));
  return { code: await codeFor(tx, click), template: template ? audiences[template.name].label : null };
}
