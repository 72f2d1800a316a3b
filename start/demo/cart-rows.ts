// A cart, a form submission and a cart e-mail as the plugins' rows. cart_contents is what WC()->cart->get_cart() serializes to: no names and no
// prices but line totals, and each product as an object with nothing but its protected id.
import { createHash } from 'node:crypto';
import type { Cart, CartEmail, FormEntry, Line } from './facts.ts';
import { PhpFloat, PhpObject, type PhpValue, phpSerialize } from './php-serialize.ts';
import { gmtText, localText, moneyText, type Shop } from './shop.ts';
import type { TableRow, Value } from './table-columns.ts';

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** `cart_contents` for lines; children of a bundle name it by `bundled_by`, the bundle lists them in `bundled_items`. */
export function serializeCartContents(lines: Line[]): string {
  const keys = lines.map((line) => md5(`${line.productId}:${line.variationId}`));
  const bundle = keys[lines.findIndex((line) => line.isBundleChild) - 1];
  const children = keys.filter((_, index) => lines[index]?.isBundleChild);
  const contents: { [key: string]: PhpValue } = {};
  for (const [index, line] of lines.entries()) {
    const key = keys[index]!;
    const total = new PhpFloat((line.unitCents * line.quantity) / 100);
    const attributes = Object.entries(line.attributes).map(([name, value]) => [`attribute_${name}`, value]);
    contents[key] = {
      key,
      product_id: line.productId,
      variation_id: line.variationId,
      variation: Object.fromEntries(attributes),
      quantity: line.quantity,
      data_hash: md5(key),
      ...(line.isBundleChild && bundle ? { bundled_by: bundle, bundled_item_id: String(index) } : {}),
      ...(key === bundle ? { bundled_items: children } : {}),
      line_tax_data: { subtotal: [], total: [] },
      line_subtotal: total,
      line_subtotal_tax: new PhpFloat(0),
      line_total: total,
      line_tax: new PhpFloat(0),
      data: new PhpObject(line.variationId === 0 ? 'WC_Product_Simple' : 'WC_Product_Variation', {
        id: line.variationId || line.productId,
      }),
    };
  }
  return phpSerialize(contents);
}

/** `other_fields`: a flat map, every key there even when empty. */
function serializeOtherFields(cart: Cart): string {
  return phpSerialize({
    wcf_billing_company: '',
    wcf_billing_address_1: '',
    wcf_billing_address_2: '',
    wcf_billing_state: cart.state,
    wcf_billing_postcode: cart.postcode,
    wcf_shipping_first_name: '',
    wcf_shipping_last_name: '',
    wcf_shipping_company: '',
    wcf_shipping_country: 'BR',
    wcf_shipping_address_1: '',
    wcf_shipping_address_2: '',
    wcf_shipping_city: '',
    wcf_shipping_state: '',
    wcf_shipping_postcode: '',
    wcf_order_comments: '',
    wcf_first_name: cart.firstName,
    wcf_last_name: cart.lastName,
    wcf_phone_number: cart.phone,
    wcf_location: cart.city === '' ? 'BR' : `BR, ${cart.city}`,
  });
}

function cartTime(shop: Shop, time: Cart['time']): string | null {
  if (time === 'zero') return '0000-00-00 00:00:00';
  return time && localText(time, shop.timeZone);
}

export function cartRow(shop: Shop, cart: Cart): Value[] {
  const { phone, orderId, originalCartTotal } = shop.cartColumns;
  return [
    cart.id,
    cart.checkoutPageId,
    cart.email,
    cart.rawContents ?? serializeCartContents(cart.lines),
    moneyText(cart.totalCents),
    cart.sessionId,
    serializeOtherFields(cart),
    cart.status,
    cart.isUnsubscribed ? 1 : 0,
    cart.couponCode,
    cartTime(shop, cart.time),
    ...(phone ? [cart.phone] : []),
    ...(orderId ? [cart.orderId] : []),
    ...(originalCartTotal ? [cart.originalTotalCents === null ? null : moneyText(cart.originalTotalCents)] : []),
  ];
}

export function emailRow(shop: Shop, email: CartEmail): Value[] {
  const scheduled = localText(email.scheduledAt, shop.timeZone);
  return [email.id, email.templateId, email.sessionId, email.couponCode, scheduled, email.sent];
}

export function formEntryRow(shop: Shop, entry: FormEntry): Value[] {
  const { id, formPlugin, formId, at, url } = entry;
  return [id, formPlugin, formId, localText(at, shop.timeZone), gmtText(at), url, '', 'undefined'];
}

/** One row per answer; the link to the entry is text. */
export function formAnswerRows(entryId: number, answers: FormEntry['answers']): TableRow[] {
  return answers.map(([key, value]): TableRow => ['fv_entry_meta', [String(entryId), key, value]]);
}
