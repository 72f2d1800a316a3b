// The code of a contact travels in the links of its message as utm_content, comes back in the order that the person places, and proves the contact.
import { createHmac, randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten characters of [a-z0-9]: 3.6 × 10^15, so nobody guesses one and few collide. */
export function newContactCode(): string {
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('');
}

/**
 * The code of the contact that a click makes: the link and the mark, two requests, come to the same one by the click's own `click` text. The company's
 * secret keeps it from being chosen: a code that an order already carries would claim the sale.
 */
export function codeOfClick(secret: string, parts: { userId: string; record: string; click: string }): string {
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify([parts.userId, parts.record, parts.click]))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join('');
}

/**
 * The address with `utm_source=whatsapp&utm_medium=recuperacao&utm_content=<code>` at the end of its query, before its fragment. What stands there
 * stays as it is written, but UTM values that it had go: two of a name, and the shop would believe either. Throws TypeError on what is no absolute address.
 */
export function withContactCode(url: string, code: string): string {
  if (!URL.canParse(url)) throw new TypeError('expected an absolute URL');
  const [address, ...fragment] = url.split('#') as [string, ...string[]];
  const [path, ...query] = address.split('?') as [string, ...string[]];
  const kept = query
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !/^utm_(source|medium|content)(=|$)/.test(pair));
  const ours = `utm_source=whatsapp&utm_medium=recuperacao&utm_content=${encodeURIComponent(code)}`;
  return `${path}?${[...kept, ours].join('&')}${fragment.length > 0 ? `#${fragment.join('#')}` : ''}`;
}
