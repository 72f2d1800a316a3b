import { expect, test } from 'vitest';
import { type MatchEvidence, scoreLines } from './score-lines.ts';

const evidence: MatchEvidence = {
  hasEmail: true,
  phoneKind: null,
  isPhonePresumed: false,
  isAllShared: false,
  hasCoupon: false,
  isAfter: true,
  itemShare: 1,
  deltaSeconds: '3600',
  isIndirect: false,
  hasCode: false,
  isChosen: false,
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

test('a contact code and a choice by hand make 100 by a line of their own, even when the rest made it already', () => {
  const code: MatchEvidence = { ...evidence, hasCode: true, score: 100 };
  expect(scoreLines(code).at(-1)).toEqual({ points: 15, label: 'código do nosso contato no pedido' });
  expect(sum(code)).toBe(100);
  const full: MatchEvidence = { ...code, hasCoupon: true, isChosen: true };
  expect(scoreLines(full).map((line) => line.points)).toEqual([50, 40, 25, 10, -25, 0, 0]);
  const far: MatchEvidence = {
    ...evidence,
    hasEmail: false,
    itemShare: 0,
    isAfter: false,
    deltaSeconds: '-9999999',
    isChosen: true,
    score: 100,
  };
  expect(scoreLines(far).map((line) => line.points)).toEqual([-10, -20, 130]);
});

test('a link through a third record is worth 35 points in place of the keys', () => {
  const indirect: MatchEvidence = { ...evidence, hasEmail: false, isIndirect: true, score: 70 };
  expect(scoreLines(indirect).map((line) => line.points)).toEqual([35, 25, 10]);
});
