import { expect, test } from 'vitest';
import { chartSteps } from './chart-steps.ts';

test('a month is shown by days', () => {
  const steps = chartSteps({ firstDay: '2025-01-01', lastDay: '2025-01-31' });
  expect(steps).toHaveLength(31);
  expect(steps[30]).toEqual({ firstDay: '2025-01-31', lastDay: '2025-01-31' });
});

test('long spans are shown by weeks, then by four weeks, and end with the period', () => {
  const year = chartSteps({ firstDay: '2025-01-01', lastDay: '2025-12-31' });
  expect(year).toHaveLength(53);
  expect(year.at(-1)).toEqual({ firstDay: '2025-12-31', lastDay: '2025-12-31' });
  expect(chartSteps({ firstDay: '2015-01-01', lastDay: '2025-12-31' }).length).toBeLessThan(150);
});
