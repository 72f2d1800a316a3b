// Who goes where when a hand divides what keys tie together.
import { describe, expect, test } from 'vitest';
import { divideByHand } from './divide.ts';

/** `ana: a k` is a record `ana` with the keys a and k; the parts come back as names. */
function divide(text: string[], pairs: [string, string][]): string[] {
  const records = text.map((line) => {
    const [name, keys] = line.split(': ') as [string, string];
    return { name, keys: keys.split(' ') };
  });
  return divideByHand(records, pairs)
    .map((part) => part.map(({ name }) => name).join(' '))
    .sort();
}

describe('a component with two keys that are not the same', () => {
  test.each<[string, string[], [string, string][], string[]]>([
    ['each record goes with the nearer key', ['1: a k', '2: k m', '3: m n', '4: n b'], [['a', 'b']], ['1 2', '3 4']],
    ['equally near: the smaller key', ['1: a k', '2: k m', '3: m b'], [['a', 'b']], ['1 2', '3']],
    [
      'a record with both goes to the smaller one, the rest keeps apart',
      ['1: a b', '2: b', '3: a'],
      [['a', 'b']],
      ['1 3', '2'],
    ],
    ['a key that lies on both sides joins nobody', ['1: a k', '2: k b', '3: k'], [['a', 'b']], ['1 3', '2']],
    [
      'of three, only the pair is kept apart',
      ['1: a k', '2: k c', '3: k b'],
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['1 2', '3'],
    ],
    [
      'three that are all apart',
      ['1: a k', '2: k c', '3: k b'],
      [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c'],
      ],
      ['1', '2', '3'],
    ],
    // c goes back to a, the smaller one that it may be with; then b, whom it may be with too, is a's pair
    [
      'who may be with either goes to the smaller',
      ['1: a k', '2: k c', '3: k b'],
      [
        ['a', 'b'],
        ['c', 'z'],
        ['z', 'a'],
      ],
      ['1 2', '3'],
    ],
    [
      'a part that no key ties to another one stays alone',
      ['1: a b', '2: b c', '3: c'],
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['1', '2', '3'],
    ],
    ['a ring is cut on both sides', ['1: a k', '2: k b', '3: b m', '4: m a'], [['a', 'b']], ['1 4', '2 3']],
  ])('%s', (_, records, pairs, expected) => {
    expect(divide(records, pairs)).toEqual(expected);
    const backwards = [...records].reverse().map((line) => {
      const [name, keys] = line.split(': ') as [string, string];
      return `${name}: ${keys.split(' ').reverse().join(' ')}`;
    });
    const sorted = (parts: string[]) => parts.map((part) => part.split(' ').sort().join(' ')).sort();
    expect(
      sorted(
        divide(
          backwards,
          [...pairs].reverse().map(([a, b]) => [b, a]),
        ),
      ),
    ).toEqual(sorted(expected));
  });

  test('no part holds both keys of a pair, unless one record does', () => {
    const records = Array.from({ length: 60 }, (_, index) => ({
      keys: [`k${index % 20}`, `k${(index * 7) % 20}`, `k${(index * 11) % 20}`],
    }));
    const pairs: [string, string][] = [
      ['k1', 'k2'],
      ['k3', 'k4'],
      ['k1', 'k5'],
      ['k2', 'k9'],
    ];
    const parts = divideByHand(records, pairs);
    expect(parts.flat()).toHaveLength(records.length);
    for (const part of parts) {
      for (const pair of pairs) {
        const nearest = part.filter(
          ({ keys }) => pair.some((key) => keys.includes(key)) && !pair.every((key) => keys.includes(key)),
        );
        const held = new Set(nearest.flatMap(({ keys }) => pair.filter((key) => keys.includes(key))));
        expect([...held].length).toBeLessThanOrEqual(1);
      }
    }
  });
});
