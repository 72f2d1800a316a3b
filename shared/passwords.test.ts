import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password opens its own hash only, and two hashes of it differ', async () => {
  const hash = await hashPassword('carrinho de sexta');
  expect(hash).toMatch(/^scrypt\$131072\$8\$1\$/);
  expect(await verifyPassword('carrinho de sexta', hash)).toBe(true);
  expect(await verifyPassword('carrinho de Sexta', hash)).toBe(false);
  expect(await hashPassword('carrinho de sexta')).not.toBe(hash);
});

test('an accent typed as one letter or as two is the same password', async () => {
  const hash = await hashPassword('coração valente');
  expect(await verifyPassword('coração valente'.normalize('NFD'), hash)).toBe(true);
});

test('without a stored hash the answer is no, after the same work', async () => {
  const startedAt = performance.now();
  expect(await verifyPassword('qualquer coisa', null)).toBe(false);
  expect(performance.now() - startedAt).toBeGreaterThan(50);
  expect(await verifyPassword('qualquer coisa', 'md5$abc')).toBe(false);
});
