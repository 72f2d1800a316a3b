// One canonical form for the phones that people type, so that equal phones are equal texts: E.164 with the ninth digit inserted.
// The order of the steps is the rule (docs/rules.md, Phones); old numbers are never shortened, since stripping the 9 breaks landlines.

import { areaCodesByState, findState, isAreaCode } from './area-codes.ts';

export type PhoneStatus = 'valid' | 'fictitious' | 'invalid' | 'empty';
export type PhoneKind = 'mobile' | 'landline' | 'international';
export type PhoneWarning = 'ninth_digit_inserted' | 'presumed_area_code' | 'possible_trunking';
export type PhoneReason =
  | 'scientific_notation'
  | 'service'
  | 'missing_area_code'
  | 'unknown_area_code'
  | 'too_short'
  | 'too_long'
  | 'invalid_local_number';

export type PhoneAlternative = { e164: string; kind: PhoneKind; isPresumed: boolean; status: 'valid' | 'fictitious' };

export type Phone = {
  status: PhoneStatus;
  kind: PhoneKind | null;
  /** `+5511987654321`; null when empty or invalid. */
  e164: string | null;
  /** The digits of `e164`, as wa.me wants them. Landlines have them too: the screen warns. */
  whatsappDigits: string | null;
  /** `(11) 98765-4321`; an international number is shown as its E.164. */
  display: string | null;
  areaCode: string | null;
  warnings: PhoneWarning[];
  /** The other usable numbers of the same field: identities and match keys like the main one. */
  alternatives: PhoneAlternative[];
  /** Why the number is invalid; null otherwise. */
  reason: PhoneReason | null;
  /** The area code was not typed but taken from the shop or the state. */
  isPresumed: boolean;
};

export type PhoneContext = {
  /** The shop's area code (the company's by default), for numbers typed without one. */
  defaultAreaCode?: string | null;
  /** What the record says about its state: `SP`, `São Paulo`, `BR, São Paulo`. */
  state?: string | null;
};

/** Nobody types more; a longer text is not worth the work. */
const maxTextLength = 500;

const empty: Phone = {
  status: 'empty',
  kind: null,
  e164: null,
  whatsappDigits: null,
  display: null,
  areaCode: null,
  warnings: [],
  alternatives: [],
  reason: null,
  isPresumed: false,
};

function invalid(reason: PhoneReason, warnings: PhoneWarning[] = []): Phone {
  return {
    ...empty,
    status: 'invalid',
    warnings,
    alternatives: [],
    reason,
    isPresumed: warnings.includes('presumed_area_code'),
  };
}

function usable(e164: string, kind: PhoneKind, warnings: PhoneWarning[] = []): Phone {
  return {
    status: /(\d)\1{7}$/.test(e164) ? 'fictitious' : 'valid',
    kind,
    e164,
    whatsappDigits: e164.slice(1),
    display: formatPhone(e164),
    areaCode: kind === 'international' ? null : e164.slice(3, 5),
    warnings,
    alternatives: [],
    reason: null,
    isPresumed: warnings.includes('presumed_area_code'),
  };
}

/** Reads a phone field as typed; never throws. Several numbers in one field give one main number and alternatives (docs/rules.md, Phones). */
export function normalizePhone(raw: string | null | undefined, context: PhoneContext = {}): Phone {
  if (raw && raw.length > maxTextLength) return invalid('too_long');
  const text = (raw ?? '').normalize('NFKC').trim();
  if (text === '') return { ...empty, warnings: [], alternatives: [] };
  if (/^\d+(?:[.,]\d+)?e\+?\d+$/i.test(text)) return invalid('scientific_notation');

  const withoutFraction = text.replace(/^(\+?\d+)\.0$/, '$1');
  const pieces = splitNumbers(dropExtension(withoutFraction)).map(dropExtension);
  const phones = pieces.map((piece) => normalizeOne(piece, context));

  const main =
    phones.find((phone) => phone.status === 'valid' && phone.kind === 'mobile') ??
    phones.find((phone) => phone.status === 'valid') ??
    phones.find((phone) => phone.status === 'fictitious') ??
    phones[0]!;
  return { ...main, alternatives: alternativesTo(main, phones) };
}

function alternativesTo(main: Phone, phones: Phone[]): PhoneAlternative[] {
  const others = new Map<string, PhoneAlternative>();
  for (const { e164, kind, isPresumed, status } of phones) {
    if (e164 === null || kind === null || e164 === main.e164) continue;
    if (status !== 'valid' && status !== 'fictitious') continue;
    const known = others.get(e164);
    if (!known || (known.isPresumed && !isPresumed)) others.set(e164, { e164, kind, isPresumed, status });
  }
  return [...others.values()];
}

function dropExtension(text: string): string {
  return text.replace(/(?:\bramal|\bext|(?<![a-z])r\.|(?<=[\d\s)])x)[.:\s]*\d{1,6}\s*$/i, '').trim();
}

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** One text a number. A piece too short to be a number belongs to the piece after it: `71/96105-1919` is one number. */
function splitNumbers(text: string): string[] {
  const pieces: string[] = [];
  let pending = '';
  for (const part of text.split(/[/;,|\r\n]|\s(?:ou|e)\s/i)) {
    pending = pending === '' ? part : `${pending} ${part}`;
    if (digitsOf(dropExtension(pending)).length < 8) continue;
    pieces.push(pending.trim());
    pending = '';
  }
  return pieces.length > 0 ? pieces : [text];
}

function normalizeOne(text: string, context: PhoneContext): Phone {
  const typed = digitsOf(text);
  const startsWithPlus = /^[^+\d]*\+/.test(text);
  // No country code begins with 0: `+0…` is a Brazilian trunk zero with a stray plus.
  if (startsWithPlus && !typed.startsWith('55') && !typed.startsWith('0')) return international(typed);

  let hasZero = typed.startsWith('0');
  const startsWithTwoZeros = typed.startsWith('00');
  let digits = typed.replace(/^0+/, '');
  if (isService(digits, hasZero)) return invalid('service');

  const withoutCountry = dropCountry(digits);
  const hasCountry = withoutCountry !== null;
  if (hasCountry) {
    hasZero ||= withoutCountry.hasZero;
    digits = withoutCountry.digits;
    if (isService(digits, withoutCountry.hasZero)) return invalid('service');
  }

  // After a trunk zero, two more digits are the carrier. Without a zero they never are: 351962345678 is Portuguese.
  const isMaybeForeign = startsWithTwoZeros && !hasCountry;
  if ((digits.length === 12 || digits.length === 13) && hasZero && !isMaybeForeign) digits = digits.slice(2);

  const isPresumed = digits.length === 8 || digits.length === 9;
  const presumed = isPresumed ? presumeAreaCode(context) : '';
  if (presumed === null) return invalid('missing_area_code');

  const phone = brazilian(`${presumed}${digits}`, isPresumed ? ['presumed_area_code'] : []);
  if (phone.status !== 'invalid' || !isMaybeForeign || digits.startsWith('55')) return phone;
  const foreign = international(digits);
  return foreign.status === 'invalid' ? phone : foreign;
}

function international(digits: string): Phone {
  if (digits.length < 8) return invalid('too_short');
  if (digits.length > 15) return invalid('too_long');
  return usable(`+${digits}`, 'international');
}

function isService(digits: string, hasZero: boolean): boolean {
  return (hasZero && /^[38]00/.test(digits)) || /^(?:300|400|402)\d{5}$/.test(digits);
}

/** Without country 55, or null when there is none: 10 or 11 digits that start with 55 are area code 55 (Rio Grande do Sul). */
function dropCountry(digits: string): { digits: string; hasZero: boolean } | null {
  if (!digits.startsWith('55') || digits.length < 12) return null;
  const rest = digits.slice(2);
  const national = rest.replace(/^0+/, '');
  const isTwice = national.startsWith('55') && (national.length === 12 || national.length === 13);
  return { digits: isTwice ? national.slice(2) : national, hasZero: rest.startsWith('0') };
}

/** A state with one area code decides; a state that lacks the shop's code forbids: most numbers presumed there were strangers'. */
function presumeAreaCode({ defaultAreaCode, state }: PhoneContext): string | null {
  const usual = defaultAreaCode && isAreaCode(defaultAreaCode) ? defaultAreaCode : null;
  const stateCode = findState(state);
  if (stateCode === null) return usual;
  const codes = areaCodesByState[stateCode]!;
  if (codes.length === 1) return codes[0]!;
  return usual !== null && codes.includes(usual) ? usual : null;
}

/** `digits` = area code and local number. */
function brazilian(digits: string, warnings: PhoneWarning[]): Phone {
  if (digits.length < 10) return invalid('too_short', warnings);
  if (digits.length > 11) return invalid('too_long', warnings);
  if (!isAreaCode(digits.slice(0, 2))) return invalid('unknown_area_code', warnings);
  const local = digits.slice(2);
  const first = local.charAt(0);
  if (local.length === 9) {
    return first === '9' ? usable(`+55${digits}`, 'mobile', warnings) : invalid('invalid_local_number', warnings);
  }
  if (first >= '2' && first <= '5') return usable(`+55${digits}`, 'landline', warnings);
  if (first < '6') return invalid('invalid_local_number', warnings);
  const inserted: PhoneWarning[] = [...warnings, 'ninth_digit_inserted'];
  if (first === '7') inserted.push('possible_trunking');
  return usable(`+55${digits.slice(0, 2)}9${local}`, 'mobile', inserted);
}

function brazilianParts(e164: string): { areaCode: string; start: string; end: string } | null {
  const parts = /^\+55(\d\d)(\d{4,5})(\d{4})$/.exec(e164);
  return parts && { areaCode: parts[1]!, start: parts[2]!, end: parts[3]! };
}

/** `+5511987654321` → `(11) 98765-4321`; an international number stays as it is. */
export function formatPhone(e164: string): string {
  const parts = brazilianParts(e164);
  return parts ? `(${parts.areaCode}) ${parts.start}-${parts.end}` : e164;
}

/** `+5511987654321` → `(11) 9****-4321`, for viewers and logs (docs/rules.md, Privacy); abroad only the last four digits stay. */
export function maskPhone(e164: string): string {
  const parts = brazilianParts(e164);
  if (!parts) return `+****${e164.slice(-4)}`;
  return `(${parts.areaCode}) ${parts.start.length === 5 ? '9' : ''}****-${parts.end}`;
}

/**
 * The WhatsApp digits of a Brazilian mobile without its ninth digit (`551187654321`), where an old account may live; null for
 * other phones and when the eight digits would be somebody's landline.
 */
export function variantWithoutNine(e164: string): string | null {
  const parts = /^\+55(\d\d)9([6-9]\d{7})$/.exec(e164);
  return parts && `55${parts[1]}${parts[2]}`;
}
