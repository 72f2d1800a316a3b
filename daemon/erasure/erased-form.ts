// What is left of a copy when its person is erased (docs/lgpd.md): ids, dates, amounts and products stay; name, e-mail, phone, address, document,
// free texts and addresses of pages go; keys become pseudonyms. The one place that says which columns are which: the act that erases stored
// rows, the batch that brings a row of somebody erased, and the comparison with the shop all follow it.
import { emailKeyOf } from '#shared/email.ts';
import { matchKeysOf } from '#shared/match-keys.ts';
import { normalizePhone } from '#shared/phone.ts';
import type { SiteSettings } from '../settings.ts';
import { hash63 } from '../sync/copy-text.ts';
import { keyText } from '../sync/fields.ts';
import type { PreparedRow } from '../sync/prepare.ts';
import type { TargetDefinition } from '../sync/target.ts';
import { pseudonymOf, type Tombstones } from './tombstones.ts';

/**
 * What becomes of a column: null, '' where it must not be null, 'empty' as a phone's status, a pseudonym of the plugin's session, or null only when
 * it looks like an e-mail or holds eight digits in a row (tags of campaigns, which belong to the shop).
 */
export type Erased = 'null' | 'blank' | 'empty' | 'session' | 'null_if_personal';
type Columns = { [column: string]: Erased };

const phone: Columns = {
  phone_raw: 'null',
  phone_e164: 'null',
  phone_status: 'empty',
  phone_kind: 'null',
  phone_reason: 'null',
  phone_warnings: 'blank',
};
const email: Columns = { email_raw: 'null', email: 'null' };

/** The columns of personal data by table of the copies, as the shop gives them. */
export const erasedColumns: { [table: string]: Columns } = {
  leads: { page_url: 'null' },
  lead_answers: { value: 'blank' },
  carts: { session_id: 'session', name: 'null', ...email, ...phone, city: 'null', state: 'null', postcode: 'null' },
  cart_items: { attributes: 'null' },
  cart_emails: { session_id: 'session' },
  orders: {
    first_name: 'null',
    last_name: 'null',
    ...email,
    ...phone,
    cellphone_raw: 'null',
    shipping_phone_raw: 'null',
    company: 'null',
    address_1: 'null',
    address_2: 'null',
    address_number: 'null',
    district: 'null',
    city: 'null',
    state: 'null',
    postcode: 'null',
    country: 'null',
    tax_document: 'null',
    person_type: 'null',
    payment_method_title: 'null',
    customer_note: 'null',
    utm_source: 'null_if_personal',
    utm_medium: 'null_if_personal',
    utm_campaign: 'null_if_personal',
    utm_content: 'null_if_personal',
  },
  order_items: { attributes: 'null' },
  order_refunds: { reason: 'null' },
  site_customers: {
    email: 'null',
    first_name: 'null',
    last_name: 'null',
    display_name: 'null',
    billing_phone: 'null',
    billing_city: 'null',
    billing_state: 'null',
    billing_postcode: 'null',
    billing_country: 'null',
  },
};
/** Of a lead also what its answers were mapped to. */
export const erasedLeadValues: Columns = { name: 'null', ...phone, ...email, size: 'null' };

const personalTag = /@|\d{8}/;

/** Records as tombstones know them: an erased record stays erased, whatever the shop writes into it. */
export const recordIdentifier = {
  lead: (siteId: string, source: string, externalId: string, capturedGmt: string) =>
    `l:${siteId}:${source}:${externalId}:${capturedGmt}`,
  session: (siteId: string, sessionId: string) => `s:${siteId}:${sessionId}`,
  order: (siteId: string, externalId: string) => `o:${siteId}:${externalId}`,
  account: (siteId: string, externalId: string) => `a:${siteId}:${externalId}`,
};

/** An SQL expression of the erased column; `tag` columns keep what is not personal. */
export function erasedSql(column: string, erased: Exclude<Erased, 'session'>): string {
  if (erased === 'null') return 'null';
  if (erased === 'null_if_personal') return `case when ${column} ~ '@|\\d{8}' then null else ${column} end`;
  return erased === 'blank' ? `''` : `'empty'`;
}

const readField = (field: string): string | null =>
  field === '\\N'
    ? null
    : field.replace(/\\([\\tnr])/g, (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? '\\');

/** What tombstones may know of a prepared row: its keys and the record itself. */
export function identifiersOf(
  row: PreparedRow,
  { definition, site, source }: { definition: TargetDefinition; site: SiteSettings; source: string },
): { keys: string[]; record: string | null } {
  const fields = row.line.split('\t');
  const field = (column: string) => readField(fields[definition.columns.indexOf(column)] ?? '\\N');
  const keys = row.keys.map((line) => readField(line.split('\t')[1]!)!);
  switch (definition.target) {
    case 'order':
      return { keys, record: recordIdentifier.order(site.siteId, row.externalId) };
    case 'cart':
    case 'cart_email':
      return { keys, record: recordIdentifier.session(site.siteId, field('session_id') ?? '') };
    case 'lead':
      return { keys, record: recordIdentifier.lead(site.siteId, source, row.externalId, field('captured_gmt') ?? '') };
    case 'lead_answer':
      return { keys: keysIn(field('value') ?? '', site), record: null };
    case 'customer':
      return {
        keys: [...keysIn(field('email') ?? '', site), ...keysIn(field('billing_phone') ?? '', site)],
        record: recordIdentifier.account(site.siteId, row.externalId),
      };
  }
}

/** The keys that a text is, when it is an e-mail or a phone and nothing else. */
export function keysIn(text: string, site: Pick<SiteSettings, 'areaCode'>): string[] {
  if (text.length > 1_000) return [];
  const address = emailKeyOf(text);
  const phones = /\d{4}/.test(text) ? [normalizePhone(text, { defaultAreaCode: site.areaCode })] : [];
  return matchKeysOf({ emails: [address], phones, isAnonymized: false }).map(keyText);
}

function eraseLine(line: string, columns: string[], erased: Columns, pseudonym: (session: string) => string): string {
  return line
    .split('\t')
    .map((field, index) => {
      const how = erased[columns[index]!];
      if (how === undefined || field === '\\N') return how === 'empty' ? 'empty' : field;
      if (how === 'null') return '\\N';
      if (how === 'blank') return '';
      if (how === 'empty') return 'empty';
      if (how === 'session') return pseudonym(field);
      return personalTag.test(field) ? '\\N' : field;
    })
    .join('\t');
}

/** The row as it is kept of somebody erased. The same row of the shop gives the same form, so that it is written once. */
export function erasedForm(
  row: PreparedRow,
  { definition, site, tombstones }: { definition: TargetDefinition; site: SiteSettings; tombstones: Tombstones },
): PreparedRow {
  const pseudonym = (session: string) =>
    pseudonymOf(recordIdentifier.session(site.siteId, readField(session) ?? ''), tombstones);
  const line = eraseLine(row.line, definition.columns, erasedColumns[definition.table] ?? {}, pseudonym);
  const children = Object.fromEntries(
    Object.entries(row.children).map(([table, lines]) => {
      const erased = erasedColumns[table.replace('staged_', '')];
      return [
        table,
        erased ? lines.map((child) => eraseLine(child, definition.childColumns[table]!, erased, pseudonym)) : lines,
      ];
    }),
  );
  const keys = row.keys.map((line) => eraseKeyLine(line, tombstones));
  const content = ['erased', line, ...Object.entries(children).flatMap(([table, lines]) => [table, ...lines]), ...keys];
  // Without a fingerprint: one of an answer would tell what it was to whoever tries all phones.
  return { ...row, line, children, keys, sourceHash: hash63(content.join('\n')), scanHash: null };
}

/** A staged key line (`external_id, key, phone_kind, is_presumed`) of an erased record. */
export function eraseKeyLine(line: string, tombstones: Tombstones): string {
  const [externalId, field, ...rest] = line.split('\t');
  const key = readField(field!)!;
  return [externalId, tombstones.find(key) === 'kept' ? field : pseudonymOf(key, tombstones), ...rest].join('\t');
}
