// Reading fields out of unserialized PHP values. PHP is loose about types (a quantity may be `i:2`, `d:2` or `s:1:"2"`),
// and plugins add what they like, so a field that is not as expected is null and never an error.

import type { PhpObject, PhpValue } from './php-unserialize.ts';

/** Is this an object of PHP (and no array)? */
export function isPhpObject(value: PhpValue | undefined): value is PhpObject {
  return typeof value === 'object' && value !== null && !(value instanceof Map);
}

/** The value under a key of an array or a property of an object; `5` and `'5'` are the same key. Null when there is none. */
export function phpGet(value: PhpValue | undefined, key: string | number): PhpValue {
  const entries = isPhpObject(value) ? value.properties : value;
  if (!(entries instanceof Map)) return null;
  const found = entries.get(key);
  if (found !== undefined) return found;
  if (typeof key === 'number') return entries.get(String(key)) ?? null;
  return /^(?:0|-?[1-9]\d*)$/.test(key) ? (entries.get(Number(key)) ?? null) : null;
}

/** Text as PHP would print it; null for null, false, arrays and objects. */
export function phpString(value: PhpValue | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value === true ? '1' : null;
}

/** A finite number, also from numeric text (`"2"`, `" 1.5 "`); null for anything else. */
export function phpNumber(value: PhpValue | undefined): number | null {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)) return null;
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export type ScannedItem = { productId: string; variationId: string | null; quantity: number | null };

/**
 * The items of cart contents that cannot be unserialized (cut off by a column's size): what stands after each `product_id`, up to the next.
 * A last resort: no prices, and an item whose product id was cut off is missing.
 */
export function scanProductIds(input: string | Buffer): ScannedItem[] {
  const text = typeof input === 'string' ? input : input.toString('latin1');
  const number = '(?:[id]:|s:\\d{1,3}:")(\\d{1,19}(?:\\.\\d{1,12})?)"?;';
  const productId = new RegExp(`s:10:"product_id";${number}`, 'g');
  const variation = new RegExp(`s:12:"variation_id";${number}`);
  const amount = new RegExp(`s:8:"quantity";${number}`);

  const hits = [...text.matchAll(productId)];
  return hits.map((hit, index) => {
    const item = text.slice(hit.index, hits[index + 1]?.index);
    const variationId = variation.exec(item)?.[1];
    const quantity = amount.exec(item)?.[1];
    return {
      productId: hit[1]!,
      variationId: variationId && variationId !== '0' ? variationId : null,
      quantity: quantity === undefined ? null : Number(quantity),
    };
  });
}
