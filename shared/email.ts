// One canonical form for e-mails. Exact equality only: no Gmail dots or +tags are folded and no typo is mended,
// because a wrong guess would show one person's orders to another (docs/rules.md, Keys and shared keys).

/** SMTP's own limit (64 + @ + 255); a longer text would not fit an index either. */
const maxLength = 320;

/** What WooCommerce writes over the e-mail of an erased person. */
const anonymizedEmail = 'deleted@site.invalid';

/** The e-mail as a key: NFKC, without `mailto:`, `<>` and trailing punctuation, in lower case; null when it is no e-mail. */
export function normalizeEmail(raw: string | null | undefined): string | null {
  if (!raw || raw.length > 2 * maxLength) return null;
  const email = raw
    .normalize('NFKC')
    .replace(/^[\s<]*(?:mailto:)?[\s<]*/i, '')
    .replace(/[\p{P}\s<>]+$/u, '')
    .toLowerCase();
  return email.length <= maxLength && /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(email) ? email : null;
}

/** Did WooCommerce erase this person? Such an address is nobody's and never a key (docs/rules.md, Keys and shared keys). */
export function isAnonymizedEmail(raw: string | null | undefined): boolean {
  return normalizeEmail(raw) === anonymizedEmail;
}

/** The address as a key: normalised, and null when nobody has it (invalid, or erased by WooCommerce). */
export function emailKeyOf(raw: string | null | undefined): string | null {
  const email = normalizeEmail(raw);
  return email === anonymizedEmail ? null : email;
}

/** `maria@gmail.com` → `m***@g***.com` (docs/rules.md, Privacy). */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return '***';
  const domain = email.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  return `${email.slice(0, 1)}***@${domain.slice(0, 1)}***${dot < 0 ? '' : domain.slice(dot)}`;
}
