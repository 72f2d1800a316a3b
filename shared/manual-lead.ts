// A lead that a person writes down, or that a tool saw in WhatsApp: no row of the shop, and otherwise a lead like the others, with its keys, its
// person and its place in lists and figures. Source and form plugin are `manual`, the form says where it came from.
import { cleanText, textLength } from './contacts/remarks.ts';
import { emailKeyOf } from './email.ts';
import { matchKeysOf } from './match-keys.ts';
import { normalizePhone } from './phone.ts';
import type { Statements } from './recompute/statements.ts';

export const leadOrigins = ['manual', 'whatsapp'] as const;
type LeadOrigin = (typeof leadOrigins)[number];

/** `form_plugin` of these leads. */
export const manualFormPlugin = 'manual';
export const originLabels: Readonly<Record<LeadOrigin, string>> = {
  manual: 'Cadastro manual',
  whatsapp: 'Contato visto no WhatsApp',
};

/** As typed; an empty text is none. */
export type ManualLead = { name: string; phone: string; email: string; size: string; origin: LeadOrigin };

export type SavedLead =
  | { kind: 'done'; id: string }
  /** `field` is null for the lead as a whole. */
  | { kind: 'invalid'; field: 'nome' | 'telefone' | 'email' | 'tamanho' | null; sentence: string }
  /** Somebody with this phone or e-mail is a lead already. */
  | { kind: 'exists'; id: string; name: string | null; capturedAt: Date | null };

const maxLengths = { name: 200, phone: 100, email: 320, size: 60 } as const;

/**
 * Writes a lead of the shop; the caller recomputes it. It needs a phone or an e-mail that can be written to, and what is typed must be readable: here
 * somebody is there to mend it. Without `isForced` a lead with one of its keys stops it.
 */
export async function saveManualLead(
  db: Statements,
  typed: ManualLead,
  { site, isForced, now }: { site: { id: string; areaCode: string | null }; isForced: boolean; now: Date },
): Promise<SavedLead> {
  const [name, phoneRaw, emailRaw, size] = [typed.name, typed.phone, typed.email, typed.size].map(cleanText) as [
    string,
    string,
    string,
    string,
  ];
  const invalid = (field: Extract<SavedLead, { kind: 'invalid' }>['field'], sentence: string): SavedLead => ({
    kind: 'invalid',
    field,
    sentence,
  });
  if (textLength(name) > maxLengths.name) return invalid('nome', 'O nome pode ter no máximo 200 caracteres.');
  if (textLength(size) > maxLengths.size) return invalid('tamanho', 'Este campo pode ter no máximo 60 caracteres.');
  if (phoneRaw === '' && emailRaw === '')
    return invalid(null, 'Diga o telefone ou o e-mail: sem eles não há como contatar.');
  const phone = normalizePhone(phoneRaw, { defaultAreaCode: site.areaCode });
  if (textLength(phoneRaw) > maxLengths.phone || phone.status === 'invalid' || phone.status === 'fictitious') {
    return invalid('telefone', 'Este telefone não parece certo. Escreva com o DDD, como (11) 98765-4321.');
  }
  const email = emailKeyOf(emailRaw);
  if (emailRaw !== '' && email === null) return invalid('email', 'O e-mail não parece certo.');

  const keys = matchKeysOf({ emails: [email], phones: [phone], isAnonymized: false });
  const texts = keys.map(({ kind, key }) => `${kind === 'email' ? 'e' : 'p'}:${key}`);
  const tenant = db.tenantId;
  // Two who save the same contact at once: the second sees the first.
  await db.run('lock_contacts', { subject: `manual_leads:${tenant}` });
  if (!isForced) {
    const { rows } = await db.run<{ id: string; name: string | null; capturedAt: Date | null }>('find_lead_by_keys', {
      tenant,
      keys: texts,
    });
    if (rows[0]) return { kind: 'exists', ...rows[0] };
  }
  const { rows } = await db.run<{ id: string }>('insert_manual_lead', {
    tenant,
    site: site.id,
    form: typed.origin,
    name: name || null,
    phone_raw: phoneRaw || null,
    phone: phone.e164,
    phone_status: phone.status,
    phone_kind: phone.kind,
    phone_reason: phone.reason,
    phone_warnings: phone.warnings.join(','),
    email_raw: emailRaw || null,
    email,
    size: size || null,
    now,
  });
  const { id } = rows[0]!;
  await db.run('share_denied_keys', { tenant });
  await db.run('insert_record_keys', {
    tenant,
    entity: 'lead',
    id,
    keys: texts,
    phone_kinds: keys.map(({ phoneKind }) => phoneKind),
    // No array of booleans: postgres.js takes it for one boolean.
    presumed: texts.filter((_, index) => keys[index]!.isPresumed),
  });
  return { kind: 'done', id };
}
