// Text as shops hold it against text as Postgres takes it: no NUL and no half surrogate, or one row would spoil its whole batch.
// Old shops also hold UTF-8 that was stored as latin1 (`SÃ£o`); it is repaired before serialized lengths, which are bytes, are read.

/** Without NUL; a lone surrogate (half an emoji, cut by a plugin) becomes U+FFFD. Other text is returned as it is. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}

// MySQL's "latin1" is cp1252; the five bytes that cp1252 leaves out stand for themselves.
const cp1252High = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const cp1252Bytes = new Map([...cp1252High].map((character, index) => [character, 0x80 + index]));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `SÃ£o Paulo` → `São Paulo`, when the text as cp1252 bytes is valid UTF-8 and so shorter; any other text is returned as it is (docs/wordpress.md §7). */
export function repairDoubleEncoding(text: string): string {
  // Every doubly encoded character begins with one of U+00C2 … U+00F4.
  if (!/[\u00c2-\u00f4]/.test(text)) return text;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isItself = code < 0x80 || (code >= 0xa0 && code <= 0xff);
    const byte = isItself ? code : cp1252Bytes.get(text.charAt(index));
    if (byte === undefined) return text;
    bytes[index] = byte;
  }
  try {
    const repaired = utf8.decode(bytes);
    return repaired.length < text.length ? repaired : text;
  } catch {
    return text;
  }
}
