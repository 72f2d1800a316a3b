import { expect, test } from 'vitest';
import { chartSteps, stepLimits } from './chart-steps.ts';

test('a month is shown by days, each from midnight to midnight of the company', () => {
  const steps = chartSteps({ firstDay: '2025-01-01', lastDay: '2025-01-31' });
  expect(steps).toHaveLength(31);
  const limits = stepLimits(steps, 'America/Sao_Paulo');
  expect(limits).toHaveLength(32);
  expect(limits[0]).toEqual(new Date('2025-01-01T03:00:00Z'));
  expect(limits[31]).toEqual(new Date('2025-02-01T03:00:00Z'));
});

test('a day that clocks shorten is still one step', () => {
  const limits = stepLimits(chartSteps({ firstDay: '2018-11-03', lastDay: '2018-11-04' }), 'America/Sao_Paulo');
  expect(limits.map((limit) => limit.toISOString())).toEqual([
    '2018-11-03T03:00:00.000Z',
    '2018-11-04T03:00:00.000Z',
    '2018-11-05T02:00:00.000Z',
  ]);
});

test('long spans are shown by weeks, then by four weeks, and end with the period', () => {
  const year = chartSteps({ firstDay: '2025-01-01', lastDay: '2025-12-31' });
  expect(year).toHaveLength(53);
  expect(year.at(-1)).toEqual({ firstDay: '2025-12-31', lastDay: '2025-12-31' });
  expect(chartSteps({ firstDay: '2015-01-01', lastDay: '2025-12-31' }).length).toBeLessThan(150);
});
