import { expect, test } from 'vitest';
import type { MatchEvidence } from './pages/cart-types.ts';
import { scoreLines } from './score-lines.ts';

const evidence: MatchEvidence = {
  hasEmail: true,
  phoneKind: null,
  isPhonePresumed: false,
  isAllShared: false,
  hasCoupon: false,
  isAfter: true,
  itemShare: 1,
  deltaSeconds: '3600',
  score: 85,
};
const sum = (of: MatchEvidence) => scoreLines(of).reduce((total, line) => total + line.points, 0);

test('the example of the rules: e-mail, items and nearness make 85, without any adjustment', () => {
  expect(scoreLines(evidence).map((line) => line.points)).toEqual([50, 25, 10]);
  expect(sum(evidence)).toBe(85);
});

test('two keys are capped by a line of their own, and so is the whole', () => {
  const both: MatchEvidence = { ...evidence, phoneKind: 'mobile', hasCoupon: true, score: 100 };
  expect(scoreLines(both)).toContainEqual({ points: -15, label: 'e-mail e telefone juntos valem no máximo 80' });
  expect(scoreLines(both).at(-1)).toEqual({ points: -55, label: 'a pontuação vai de 0 a 100' });
  expect(sum(both)).toBe(100);
});

test('a weak link goes down to nought and still adds up', () => {
  const weak: MatchEvidence = {
    ...evidence,
    hasEmail: false,
    phoneKind: 'landline',
    isPhonePresumed: true,
    isAllShared: true,
    isAfter: false,
    itemShare: 0,
    deltaSeconds: '-172800',
    score: 0,
  };
  expect(scoreLines(weak).map((line) => line.points)).toEqual([25, -15, -25, 5, -20, 30]);
  expect(sum(weak)).toBe(0);
});
