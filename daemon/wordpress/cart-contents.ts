// The two PHP-serialized columns of a cart: what lies in it and what was typed at the checkout. Anyone who can reach a checkout can write them, and
// a crash or an old charset can spoil them, so whatever cannot be read costs the items or the fields, never the cart.
import { parseDecimal } from '#shared/money.ts';
import type { CartItemRecord } from '../records.ts';
import { PhpUnserializeError, type PhpValue, unserialize } from './php-unserialize.ts';
import { phpGet, phpNumber, phpString, scanProductIds } from './php-value.ts';
import { attributeText, presentId } from './row-fields.ts';
import { repairDoubleEncoding } from './text.ts';

/** `error`: the items are only what a search for product ids found. Names are not in the blob. */
export type CartContents = { items: Omit<CartItemRecord, 'name'>[]; error: 'items_unreadable' | null };

/** The items of `cart_contents`; NULL and '' are a cart without items. */
export function readCartContents(blob: string | null): CartContents {
  if (blob === null || blob.trim() === '') return { items: [], error: null };
  const contents = readBlob(blob);
  if (!(contents instanceof Map)) return { items: scannedItems(blob), error: 'items_unreadable' };
  const items = [...contents.values()].flatMap((value) => itemOf(value) ?? []);
  return { items, error: items.length < contents.size ? 'items_unreadable' : null };
}

/** The flat map of `other_fields`; null when it cannot be read. NULL and '' are no fields. */
export function readOtherFields(blob: string | null): { values: Map<string, string> | null } {
  if (blob === null || blob.trim() === '') return { values: new Map() };
  const fields = readBlob(blob);
  if (!(fields instanceof Map)) return { values: null };
  return {
    values: new Map(
      [...fields].flatMap(([key, value]): [string, string][] => {
        const text = phpString(value);
        return text === null ? [] : [[String(key), text]];
      }),
    ),
  };
}

/** Product and variation ids that a blob names, without reading it as a whole: for looking their titles up. */
export function productIdsIn(blob: string | null): string[] {
  if (blob === null) return [];
  return scanProductIds(blob).flatMap(({ productId, variationId }) =>
    [presentId(productId), presentId(variationId)].filter((id) => id !== null),
  );
}

/**
 * What a serialized column holds; null when no way of reading it works. Strictly first. Then with text that was stored in a latin1 column repaired:
 * serialized lengths are bytes of the original. Then with wrong lengths tolerated, which a search-and-replace over the database leaves.
 */
export function readBlob(blob: string): PhpValue {
  const repaired = repairDoubleEncoding(blob);
  for (const [text, tolerant] of [
    [blob, false],
    [repaired, false],
    [repaired, true],
  ] as const) {
    try {
      return unserialize(text, { tolerant });
    } catch (error) {
      if (!(error instanceof PhpUnserializeError)) throw error;
    }
  }
  return null;
}

function itemOf(value: PhpValue): Omit<CartItemRecord, 'name'> | null {
  const productId = presentId(phpString(phpGet(value, 'product_id')));
  const quantity = quantityOf(phpNumber(phpGet(value, 'quantity')));
  if (productId === null || quantity === null) return null;
  const variation = phpGet(value, 'variation');
  const attributes = variation instanceof Map ? [...variation] : [];
  const texts = attributes.map(([key, text]) => attributeText(String(key), phpString(text) ?? ''));
  return {
    productId,
    variationId: presentId(phpString(phpGet(value, 'variation_id'))) ?? '0',
    attributes: texts.join(', ') || null,
    quantity,
    lineTotal: parseDecimal(phpNumber(phpGet(value, 'line_total'))),
    isBundleChild: Boolean(phpString(phpGet(value, 'bundled_by'))),
  };
}

/** Our column is numeric(18,4). */
export function quantityOf(quantity: number | null): string | null {
  if (quantity === null || Math.abs(quantity) >= 1e14) return null;
  return parseDecimal(quantity);
}

/** What only a search for product ids finds. */
export function scannedItems(blob: string): CartContents['items'] {
  return scanProductIds(blob).flatMap(({ productId, variationId, quantity }) => {
    const id = presentId(productId);
    if (id === null) return [];
    return {
      productId: id,
      variationId: presentId(variationId) ?? '0',
      attributes: null,
      quantity: quantityOf(quantity) ?? '1',
      lineTotal: null,
      isBundleChild: false,
    };
  });
}
