// Shop values as columns: ids, amounts and phones, each judged once. What cannot be a column's value throws, and its record goes to quarantine.
import { AppError } from '#shared/errors.ts';
import type { MatchKey } from '#shared/match-keys.ts';
import { parseDecimal, toMinor } from '#shared/money.ts';
import { normalizePhone, type Phone } from '#shared/phone.ts';
import type { Value } from './copy-text.ts';

/** A value that no column of ours can hold. */
export class ValueRefusedError extends AppError {
  readonly code = 'value_refused';
  readonly retry = 'never';
}

/** A shop's id as a bigint's text. */
export function requireId(text: string, field: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new ValueRefusedError(`${field}: not an id`, { facts: { field } });
  return text.startsWith('0') ? String(BigInt(text)) : text;
}

/** An id that may be missing; `0` is WordPress's "none". */
export function optionalId(text: string | null): string | null {
  if (text === null || !/^\d{1,18}$/.test(text)) return null;
  if (!text.startsWith('0')) return text;
  return /^0+$/.test(text) ? null : String(BigInt(text));
}

export function requireDecimal(text: string, field: string): string {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new ValueRefusedError(`${field}: not an amount`, { facts: { field } });
  return decimal;
}

export function optionalDecimal(text: string | null): string | null {
  return parseDecimal(text);
}

/** Whole hundredths; an amount that does not fit bigint is refused. */
export function minorOf(decimal: string | null, field: string): bigint {
  const minor = decimal === null ? 0n : toMinor(decimal);
  if (BigInt.asIntN(64, minor) !== minor) throw new ValueRefusedError(`${field}: too large`, { facts: { field } });
  return minor;
}

/** numeric(18,4): a quantity beyond 14 digits is refused. */
export function requireQuantity(text: string, field: string): string {
  const decimal = requireDecimal(text, field);
  if (decimal.replace(/^-?(\d+).*/, '$1').length > 14) {
    throw new ValueRefusedError(`${field}: too large`, { facts: { field } });
  }
  return decimal;
}

export function trimmed(text: string | null): string | null {
  const value = text?.trim() ?? '';
  return value === '' ? null : value;
}

type TypedPhone = { raw: string | null; state: string | null };

/** The record's phones in their order of preference: all of them, and the one to contact (first valid mobile, else first valid, else first typed). */
export function phonesOf(
  typed: TypedPhone[],
  areaCode: string | null,
): { all: Phone[]; main: Phone; mainRaw: string | null } {
  const read = typed.map(({ raw, state }) => ({
    raw,
    phone: normalizePhone(raw, { defaultAreaCode: areaCode, state }),
  }));
  const main =
    read.find(({ phone }) => phone.status === 'valid' && phone.kind === 'mobile') ??
    read.find(({ phone }) => phone.status === 'valid') ??
    read.find(({ phone }) => phone.status === 'fictitious') ??
    read.find(({ phone }) => phone.status === 'invalid');
  return { all: read.map(({ phone }) => phone), main: main?.phone ?? normalizePhone(null), mainRaw: main?.raw ?? null };
}

export const phoneColumns = ['phone_e164', 'phone_status', 'phone_kind', 'phone_reason', 'phone_warnings'];

/** In the order of `phoneColumns`. */
export function phoneValues(phone: Phone): Value[] {
  return [phone.e164, phone.status, phone.kind, phone.reason, phone.warnings.join(',')];
}

/** `e:maria@example.com`, `p:+5511987654321`: one text for both kinds of keys. */
export function keyText({ kind, key }: MatchKey): string {
  return `${kind === 'email' ? 'e' : 'p'}:${key}`;
}
