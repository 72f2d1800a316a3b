import { expect, test } from 'vitest';
import { counter, gauge, histogram, toText } from './exposition.ts';

test('a counter adds up for each set of labels, in whatever order they are named', () => {
  const rows = counter('rows_total', 'Rows.');
  rows.add({ site: '1', outcome: 'new' }, 3);
  rows.add({ outcome: 'new', site: '1' }, 2);
  rows.add({ site: '2', outcome: 'new' }, 0);
  expect(toText([rows])).toBe(
    '# HELP rows_total Rows.\n# TYPE rows_total counter\nrows_total{site="1",outcome="new"} 5\n',
  );
});

test('a histogram counts a value in each bucket above it', () => {
  const seconds = histogram('page_seconds', 'Pages.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe({ phase: 'read' }, value);
  expect(toText([seconds]).split('\n').slice(2, -1)).toEqual([
    'page_seconds_bucket{phase="read",le="0.1"} 2',
    'page_seconds_bucket{phase="read",le="1"} 3',
    'page_seconds_bucket{phase="read",le="+Inf"} 4',
    'page_seconds_sum{phase="read"} 7.65',
    'page_seconds_count{phase="read"} 4',
  ]);
});

test('quotes, backslashes and line ends in a label or a help text cannot break a line', () => {
  const text = toText([gauge('up', 'a\\b\nc', [{ labels: { code: 'x"\\\n' }, value: 1 }])]);
  expect(text).toBe('# HELP up a\\\\b\\nc\n# TYPE up gauge\nup{code="x\\"\\\\\\n"} 1\n');
});
