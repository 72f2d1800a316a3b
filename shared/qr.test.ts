// These codes were read back by a QR reader (jsQR 1.4) when they were made; what changes one of them must be read again.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { findQrModules, findQrPath } from './qr.ts';

const picture = (text: string) => {
  const modules = findQrModules(text)!;
  const bits = modules.map((row) => row.map(Number).join('')).join('\n');
  return [modules.length, createHash('sha256').update(bits).digest('hex').slice(0, 16)];
};
const filler = 'Carrinho e Leads e bom. '.repeat(20);

test.each([
  ['aaa', 37, '054e94108b9c679d'],
  [
    'otpauth://totp/Carrinho%20e%20Leads:ana%40exemplo.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Carrinho%20e%20Leads',
    41,
    'd230a49ae920abd3',
  ],
  [filler.slice(0, 154), 45, 'dbe6d119e4132701'],
  [filler.slice(0, 192), 49, 'bd3322cce700be96'],
  [filler.slice(0, 230), 53, '77d85af1b4ff5011'],
  [filler.slice(0, 271), 57, 'd620512def3f8bc4'],
])('%s is the code that readers read', (text, size, hash) => {
  expect(picture(text)).toEqual([size, hash]);
});

test('a longer text has none, and the picture has its light border', () => {
  expect(findQrModules(filler.slice(0, 272))).toBeNull();
  expect(findQrPath('aaa')).toMatchObject({ size: 45, path: expect.stringMatching(/^M4 4h1v1h-1z/) });
});
