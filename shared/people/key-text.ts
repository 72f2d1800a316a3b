// A key as people write it: an e-mail, a phone, a domain, or the program's own form (`e:`, `p:`, `d:`).
import { emailKeyOf } from '../email.ts';
import { normalizePhone } from '../phone.ts';

const domainPattern = /^(?=.{3,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** `Maria@Example.com` → `e:maria@example.com`, `(11) 98765-4321` → `p:+5511987654321`; null when it is neither. */
export function parseKey(text: string, { areaCode }: { areaCode: string | null }): string | null {
  const bare = text.trim().replace(/^[ep]:/, '');
  const email = bare.includes('@') ? emailKeyOf(bare) : null;
  if (email !== null) return text.startsWith('p:') ? null : `e:${email}`;
  const phone = normalizePhone(bare, { defaultAreaCode: areaCode });
  return phone.status === 'valid' && !text.startsWith('e:') ? `p:${phone.e164}` : null;
}

/** Like parseKey(), and a domain: `@example.com`, `example.com` → `d:example.com`. */
export function parseKeyOrDomain(text: string, { areaCode }: { areaCode: string | null }): string | null {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^(d:|@)+/, '');
  if (domainPattern.test(bare) && /[a-z]/.test(bare) && !/^[ep]:/.test(text)) return `d:${bare}`;
  return parseKey(text, { areaCode });
}
