// Values as COPY text, and the hashes over it. What is hashed is what is written, so "unchanged" can never mean anything else.
import { createHash } from 'node:crypto';
import { cleanText } from '../wordpress/text.ts';

export type Value = string | number | bigint | boolean | Date | null;

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function encode(value: Value): string {
  if (value === null) return '\\N';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value !== 'string') return String(value);
  // Nearly every text is written as it is.
  if (!/[\\\t\n\r\0\ud800-\udfff]/.test(value)) return value;
  return cleanText(value).replace(/[\\\t\n\r]/g, (character) => escapes[character]!);
}

/** One line of COPY text without its line end. NUL and half surrogates, which Postgres refuses, are dropped here. */
export function copyLine(values: readonly Value[]): string {
  return values.map(encode).join('\t');
}

/** 63 bits of SHA-1 as a bigint's text: 1 µs, and two contents of one row meet once in 10^18. */
export function hash63(text: string): string {
  return BigInt.asUintN(63, createHash('sha1').update(text).digest().readBigUInt64BE(0)).toString();
}
