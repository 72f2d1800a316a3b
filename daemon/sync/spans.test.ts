import { expect, test } from 'vitest';
import { withinSpans } from './spans.ts';

const by64 = { width: 64, key: 'meta_id' };

test('neighbouring spans are one range, in whatever order and type the shop counts them', () => {
  const counts = [
    { span: '3', found: '64' },
    { span: 2, found: 60 },
    { span: '9007199254740993', found: '64' },
  ];
  expect(withinSpans(counts, by64)).toEqual({
    sql: '(meta_id between 128 and 255 or meta_id between 576460752303423552 and 576460752303423615)',
    share: (64 + 60 + 64) / (3 * 64),
  });
});

test('rows too far apart are not walked: under a quarter of what lies between, or more than a hundred stretches', () => {
  expect(withinSpans([{ span: 1, found: 16 }], by64)?.share).toBe(0.25);
  expect(withinSpans([{ span: 1, found: 15 }], by64)).toBeNull();
  const stretches = (count: number) => Array.from({ length: count }, (_, at) => ({ span: 2 * at, found: 64 }));
  expect(withinSpans(stretches(100), by64)?.sql.split(' or ')).toHaveLength(100);
  expect(withinSpans(stretches(101), by64)).toBeNull();
});
