// RFC 6238, appendix B (SHA-1): its codes have eight digits, ours are their last six.
import { expect, test } from 'vitest';
import {
  base32,
  codeOfStep,
  createRecoveryCode,
  findStep,
  hashRecoveryCode,
  otpauthLink,
  stepAt,
} from './one-time-codes.ts';

const secret = Buffer.from('12345678901234567890');

test.each([
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
])('the code at %d seconds is the one of the RFC', (seconds, code) => {
  expect(codeOfStep(secret, stepAt(new Date(seconds * 1000)))).toBe(code.slice(-6));
});

test('a code is found with spaces, half a minute early or late, and no later; digits of other scripts are none', () => {
  const now = new Date(1_111_111_111_000);
  const step = stepAt(now);
  for (const [typed, found] of [
    ['050 471', step],
    [codeOfStep(secret, step - 1), step - 1],
    [codeOfStep(secret, step + 1), step + 1],
    [codeOfStep(secret, step - 2), null],
    [codeOfStep(secret, step + 2), null],
    ['05047', null],
    ['٠٥٠٤٧١', null],
    ['', null],
  ] as const) {
    expect([typed, findStep(secret, typed, now)]).toEqual([typed, found]);
  }
});

test('secrets and recovery codes are base32, and a recovery code is the same however it is typed', () => {
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ]);
  expect(otpauthLink(secret, 'ana+a@exemplo.example')).toBe(
    'otpauth://totp/Carrinho%20e%20Leads:ana%2Ba%40exemplo.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Carrinho%20e%20Leads',
  );
  const code = createRecoveryCode();
  expect(code).toMatch(/^[A-Z2-7]{4}( [A-Z2-7]{4}){3}$/);
  expect(hashRecoveryCode(` ${code.toLowerCase().replaceAll(' ', '-')} `)).toEqual(hashRecoveryCode(code));
});
