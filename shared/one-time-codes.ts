// The second factor of a login: codes of six digits that a telephone makes of a secret and the time (RFC 6238, as every authenticator app has it: SHA-1,
// 30 seconds), and the recovery codes for who lost the telephone.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const stepSeconds = 30;
const digits = 6;
/** Clocks go wrong and people type slowly: the codes of half a minute before and after are taken too. */
const tolerance = 1;
const secretBytes = 20;

export const recoveryCodeCount = 10;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 without padding (RFC 4648): how authenticator apps want a secret, and how recovery codes are written. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let [value, bits] = [0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text;
}

/** `ABCD EFGH …`: so that a person can copy it. */
export const inGroups = (text: string) => text.replace(/.{4}(?=.)/g, '$& ');

export const createSecret = (): Buffer => randomBytes(secretBytes);

/** What an authenticator app opens or scans. */
export function otpauthLink(secret: Uint8Array, email: string): string {
  const issuer = 'Carrinho e Leads';
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

export const stepAt = (now: Date) => Math.floor(now.getTime() / 1000 / stepSeconds);

/** The code of one step of 30 seconds (RFC 4226). */
export function codeOfStep(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The step whose code this is, as people type it (`123 456`); null when it is none of now. */
export function findStep(secret: Uint8Array, typed: string, now: Date): number | null {
  const code = Buffer.from(typed.replaceAll(/\s/g, ''));
  if (code.length !== digits) return null;
  const steps = Array.from({ length: 2 * tolerance + 1 }, (_, index) => stepAt(now) + index - tolerance);
  return steps.find((step) => timingSafeEqual(Buffer.from(codeOfStep(secret, step)), code)) ?? null;
}

/** 80 bits: a hash of it needs no salt and cannot be tried through. */
export const createRecoveryCode = (): string => inGroups(base32(randomBytes(10)));

/** The hash under which a recovery code is kept, however it is typed. */
export const hashRecoveryCode = (typed: string): Buffer =>
  createHash('sha256')
    .update(typed.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))
    .digest();
