// On erased records an HMAC stands in the place of a key: `e:~…`, `p:~…` (docs/lgpd.md). Equal ones are still equal; nobody can read or call them.

export function isErasedKey(key: string): boolean {
  return /^[a-z]:~[0-9a-f]{64}$/.test(key);
}
