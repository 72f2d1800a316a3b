// Values as COPY text, and the hashes over it. What is hashed is what is written, so "unchanged" can never mean anything else.
import * as crypto from 'node:crypto';
import { createHash } from 'node:crypto';
import { cleanText } from '../wordpress/text.ts';

export type Value = string | number | bigint | boolean | Date | null;

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function encode(value: Value): string {
  // Nearly every value is a text that is written as it is.
  if (typeof value !== 'string') {
    if (value === null) return '\\N';
    if (typeof value === 'boolean') return value ? 't' : 'f';
    return value instanceof Date ? value.toISOString() : String(value);
  }
  if (!/[\\\t\n\r\0\ud800-\udfff]/.test(value)) return value;
  return cleanText(value).replace(/[\\\t\n\r]/g, (character) => escapes[character]!);
}

/**
 * One line of COPY text without its line end. NUL and half surrogates, which Postgres refuses, are dropped here. A text of its own: put together by
 * `+` it would hold on to every value until its batch is written, which was a tenth of a first sync's time in Node.
 */
export function copyLine(values: readonly Value[]): string {
  return values.map(encode).join('\t');
}

// crypto.hash came with Node 20.12; it takes half the time.
const sha1: (text: string) => string =
  'hash' in crypto ? (text) => crypto.hash('sha1', text) : (text) => createHash('sha1').update(text).digest('hex');

// Its halves as they are put together: a bigint read from hexadecimal digits takes longer than the hash.
const word = new BigUint64Array(1);
const bytes = new DataView(word.buffer);

/** 63 bits of SHA-1 as a bigint's text: two contents of one row meet once in 10^18. */
export function hash63(text: string): string {
  const hash = sha1(text);
  bytes.setUint32(0, Number.parseInt(hash.slice(0, 8), 16) & 0x7fff_ffff);
  bytes.setUint32(4, Number.parseInt(hash.slice(8, 16), 16));
  return String(bytes.getBigUint64(0));
}
