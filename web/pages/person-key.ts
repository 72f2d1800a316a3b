// A match key as people read it.
import { maskEmail } from '#shared/email.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import { formatPhone, maskPhone } from '#shared/phone.ts';

/** `e:maria@example.com` → `maria@example.com`, or `m***@e***.com` for whom contacts are masked. */
export function keyText(key: string, isMasked: boolean): string {
  if (isErasedKey(key)) return `${key.startsWith('e:') ? 'e-mail' : 'telefone'} eliminado`;
  const value = key.slice(2);
  if (key.startsWith('e:')) return isMasked ? maskEmail(value) : value;
  return isMasked ? maskPhone(value) : formatPhone(value);
}
