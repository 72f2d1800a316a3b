// Writes what PHP's serialize() writes, because WordPress keeps carts, options and form titles in that form. Lengths count bytes, the names of
// protected properties carry NULs, and an integer-like array key is an integer: a reader is only tested by blobs that have all three.

/** A PHP float: `d:10;` even when the value is whole. */
export class PhpFloat {
  constructor(readonly value: number) {}
}

/** An object with protected properties, as WooCommerce serializes its products (only `id`). */
export class PhpObject {
  constructor(
    readonly className: string,
    readonly protectedProperties: Record<string, PhpValue>,
  ) {}
}

export type PhpValue =
  | null
  | boolean
  | number
  | string
  | PhpFloat
  | PhpObject
  | PhpValue[]
  | { [key: string]: PhpValue };

const integerKey = /^(0|-?[1-9]\d{0,17})$/;

function text(value: string): string {
  return `s:${Buffer.byteLength(value)}:"${value}";`;
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'd:NAN;';
  if (!Number.isFinite(value)) return value > 0 ? 'd:INF;' : 'd:-INF;';
  // PHP writes 1.0E+25 where JavaScript writes 1e+25.
  const [mantissa = '0', exponent] = String(value).split('e');
  if (exponent === undefined) return `d:${mantissa};`;
  return `d:${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent};`;
}

function arrayOf(entries: [string, PhpValue][]): string {
  const body = entries.map(([key, value]) => (integerKey.test(key) ? `i:${key};` : text(key)) + phpSerialize(value));
  return `a:${entries.length}:{${body.join('')}}`;
}

/** The serialized text of a value. Whole numbers become `i:`, others `d:`; lists and plain objects become arrays, keys in their order. */
export function phpSerialize(value: PhpValue): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `i:${value};` : float(value);
  if (typeof value === 'string') return text(value);
  if (value instanceof PhpFloat) return float(value.value);
  if (value instanceof PhpObject) {
    const properties = Object.entries(value.protectedProperties);
    const body = properties.map(([name, inner]) => text(`\0*\0${name}`) + phpSerialize(inner)).join('');
    return `O:${Buffer.byteLength(value.className)}:"${value.className}":${properties.length}:{${body}}`;
  }
  return arrayOf(Object.entries(value));
}
