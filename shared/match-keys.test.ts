import { expect, test } from 'vitest';
import { matchKeysOf } from './match-keys.ts';
import { normalizePhone } from './phone.ts';

const email = (key: string) => ({ kind: 'email', key, phoneKind: null, isPresumed: false });
const keysOf = (emails: (string | null)[], ...phones: string[]) =>
  matchKeysOf({
    emails,
    phones: phones.map((phone) => normalizePhone(phone, { defaultAreaCode: '11' })),
    isAnonymized: false,
  });

test('equal e-mails and phones in different spellings are one key each', () => {
  expect(keysOf(['Maria@loja.example', ' maria@loja.example'], '(11) 98765-4321', '1187654321')).toEqual([
    email('maria@loja.example'),
    { kind: 'phone', key: '+5511987654321', phoneKind: 'mobile', isPresumed: false },
  ]);
});

test('a landline and a mobile with the same digits stay two keys', () => {
  expect(keysOf([], '(11) 3456-7890', '(11) 93456-7890').map((key) => key.key)).toEqual([
    '+551134567890',
    '+5511934567890',
  ]);
});

test('every number of a field is a key', () => {
  expect(keysOf([], '11 3456-7890 / 11 98765-4321 / +351 912 345 678')).toEqual([
    { kind: 'phone', key: '+5511987654321', phoneKind: 'mobile', isPresumed: false },
    { kind: 'phone', key: '+551134567890', phoneKind: 'landline', isPresumed: false },
    { kind: 'phone', key: '+351912345678', phoneKind: 'international', isPresumed: false },
  ]);
});

test('what is invalid, empty or fictitious is no key, not even as an alternative', () => {
  expect(keysOf([null, 'maria@', ''], '(20) 98765-4321', '', '(11) 99999-9999')).toEqual([]);
  expect(keysOf([], '11 98765-4321 / 11 99999-9999').map((key) => key.key)).toEqual(['+5511987654321']);
});

test('a presumed phone that is also stated counts as stated, in either order', () => {
  expect(keysOf([], '98765-4321')[0]).toMatchObject({ isPresumed: true });
  expect(keysOf([], '98765-4321', '(11) 98765-4321')).toMatchObject([{ isPresumed: false }]);
  expect(keysOf([], '(11) 98765-4321', '98765-4321')).toMatchObject([{ isPresumed: false }]);
  expect(keysOf([], '98765-4321', '98765-4321')).toMatchObject([{ isPresumed: true }]);
});

test('a person erased by the shop has no key', () => {
  const phones = [normalizePhone('(11) 98765-4321')];
  expect(matchKeysOf({ emails: ['maria@loja.example'], phones, isAnonymized: true })).toEqual([]);
  expect(keysOf(['deleted@site.invalid'])).toEqual([]);
});
