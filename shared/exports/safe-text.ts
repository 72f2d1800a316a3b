// What a shop's visitors typed, as text that no spreadsheet calculates (docs/rules.md, Exports). Only text passes here: phones, numbers and dates are
// made by us.

/** = + - @ and their full-width forms, after any spaces; tab, CR and LF anywhere among those. U+FEFF and the like are spaces to some programs. */
const formulaStart = /^[\s\u200b-\u200f\u2060\ufeff\p{Cc}]*[=+\-@＝＋－＠\u2212\t\r\n]|^[\t\r\n]/u;

/** Text for a CSV cell: with a leading apostrophe where a spreadsheet would take it for a formula. */
export function safeText(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

/** Without what XML 1.0 and UTF-8 cannot hold; half a pair becomes the replacement character. */
export function wellFormed(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\p{Cc}|[\ufffe\uffff]/gu, (character) => ('\t\r\n'.includes(character) ? character : ''));
}

/** One line of CSV with CRLF; a field with separator, quote or line break stands in quotes. */
export function csvLine(fields: readonly string[], separator: ',' | ';'): string {
  const quoted = fields.map((field) =>
    /["\r\n]/.test(field) || field.includes(separator) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(separator)}\r\n`;
}
