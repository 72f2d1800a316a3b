// Text as shops hold it against text as Postgres takes it: no NUL and no half surrogate, or one row would spoil its whole batch.
// Old shops also hold UTF-8 that was stored as latin1 (`SÃ£o`); it is repaired before serialized lengths, which are bytes, are read.

/** Without NUL; a lone surrogate (half an emoji, cut by a plugin) becomes U+FFFD. Other text is returned as it is. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

// MySQL's "latin1" is cp1252; the five bytes that cp1252 leaves out stand for themselves.
const cp1252High = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const cp1252Bytes = new Map([...cp1252High].map((character, index) => [character, 0x80 + index]));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// What UTF-8 looks like through cp1252 in the texts of these shops: Â and Ã (Latin letters), â (quotes, dashes, €), ï (emoji variants), ð (emoji). Any
// other lead byte is an accented capital with a sign behind it (`CAFÉ®`, `ATÉ…`), and so is Â before a quote.
const sequences =
  /\u00c2[\u00a0-\u00bf]|\u00c3[\u0080-\u00bf]|[\u00e2\u00ef][\u0080-\u00bf]{2}|\u00f0[\u0090-\u00bf][\u0080-\u00bf]{2}/g;
const notAscii = /[\u0080-\u00ff]/;
// Signs that may follow a word: nbsp · … ’ ” – — ™ © ª ® ² ³ º » ¡ ! of a real `IRMÃ…`, `LÃ®`. As bytes.
const endsOfWords =
  /[\u0085\u0092\u0094\u0096\u0097\u0099\u00a0\u00a9\u00aa\u00ab\u00ae\u00b2\u00b3\u00b7\u00b9\u00ba\u00bb]/;
const portuguese = /[ÁÀÂÃÉÊÍÓÔÕÚÜÇ]/i;

/**
 * `SÃ£o Paulo` → `São Paulo`, when the whole text as cp1252 bytes is UTF-8 and cannot be meant as it is; any other text is returned as it is
 * (docs/wordpress.md §7). `IRMÃ…` stays: a capital Ã at the end of a word, with a sign behind it, is no lower-case or foreign letter.
 */
export function repairDoubleEncoding(text: string): string {
  let repaired = text;
  // Twice over happens to databases that were moved twice.
  for (let round = 0; round < 3; round++) {
    const next = repairOnce(repaired);
    if (next === repaired) break;
    repaired = next;
  }
  return repaired;
}

function repairOnce(text: string): string {
  if (!/[\u00c2\u00c3\u00e2\u00ef\u00f0]/.test(text)) return text;
  const bytes = toCp1252(text);
  if (bytes === null || notAscii.test(bytes.replace(sequences, '')) || !isMeant(bytes)) return text;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return text;
  }
}

/** One character for each byte; null when the text cannot come from cp1252. */
function toCp1252(text: string): string | null {
  let bytes = '';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isItself = code < 0x80 || (code >= 0xa0 && code <= 0xff);
    const byte = isItself ? code : cp1252Bytes.get(text.charAt(index));
    if (byte === undefined) return null;
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}

/** Is there a sequence that cannot be a letter and a sign? Otherwise each must give a letter that Portuguese writes there, in its neighbour's case. */
function isMeant(bytes: string): boolean {
  const found = [...bytes.matchAll(sequences)];
  const isDoubtful = ({ 0: sequence, index }: RegExpMatchArray & { index: number }) =>
    sequence === '\u00c3\u00a0' ||
    (sequence[0] === '\u00c3' && endsOfWords.test(sequence[1]!) && !/[A-Za-z\u00c3]/.test(bytes[index + 2] ?? ''));
  if (found.some((match) => !isDoubtful(match))) return true;
  return found.every((match) => {
    const letter = String.fromCharCode(match[0].charCodeAt(1) + 0x40);
    const before = bytes[match.index - 1] ?? '';
    const isUpper = letter !== letter.toLowerCase();
    return portuguese.test(letter) && (!/[A-Za-z]/.test(before) || /[A-Z]/.test(before) === isUpper);
  });
}
