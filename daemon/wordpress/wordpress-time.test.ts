import { describe, expect, test } from 'vitest';
import { parseEpoch, parseGmt, parseLocal, parseShiftedEpoch, siteTimeZone } from './wordpress-time.ts';

const iso = (date: Date | null) => date?.toISOString() ?? null;

test('a gmt column is UTC', () => {
  expect(iso(parseGmt('2025-01-15 12:00:00'))).toBe('2025-01-15T12:00:00.000Z');
  expect(iso(parseGmt('2024-02-29 23:59:59'))).toBe('2024-02-29T23:59:59.000Z');
  expect(iso(parseGmt('2025-01-15T12:00:00.250000'))).toBe('2025-01-15T12:00:00.250Z');
});

test.each([
  ['0000-00-00 00:00:00'],
  ['0000-00-00'],
  ['2025-00-10 00:00:00'],
  ['2025-01-00 00:00:00'],
  ['2025-02-30 00:00:00'],
  ['2025-13-01 00:00:00'],
  ['2025-01-15 24:00:00'],
  ['2025-01-15 12:60:00'],
  ['15/01/2025 12:00:00'],
  ['2025-01-15'],
  ['ontem'],
  [''],
  [null],
  [undefined],
])('%j is no time', (text) => {
  expect(parseGmt(text)).toBeNull();
  expect(parseLocal(text, 'America/Sao_Paulo')).toBeNull();
});

test('a local column takes the offset of its own date: Brazil had daylight time until 2019', () => {
  expect(iso(parseLocal('2019-01-15 12:00:00', 'America/Sao_Paulo'))).toBe('2019-01-15T14:00:00.000Z');
  expect(iso(parseLocal('2020-01-15 12:00:00', 'America/Sao_Paulo'))).toBe('2020-01-15T15:00:00.000Z');
  expect(iso(parseLocal('2019-01-15 12:00:00', '-03:00'))).toBe('2019-01-15T15:00:00.000Z');
});

test('a local time whose instant is beyond year 9999 is no time', () => {
  expect(iso(parseLocal('9999-12-31 20:59:59', '-03:00'))).toBe('9999-12-31T23:59:59.000Z');
  expect(parseLocal('9999-12-31 23:59:59', '-03:00')).toBeNull();
});

test('an epoch is seconds in UTC; zero and other text are no time', () => {
  expect(iso(parseEpoch('1736942400'))).toBe('2025-01-15T12:00:00.000Z');
  expect(iso(parseEpoch(1736942400))).toBe('2025-01-15T12:00:00.000Z');
  for (const text of ['0', '', '-5', '12.5', 'agora', '9999999999999', null, undefined])
    expect(parseEpoch(text)).toBeNull();
});

test('an epoch with the site’s offset added loses it again', () => {
  expect(iso(parseShiftedEpoch('1736942400', 'America/Sao_Paulo'))).toBe('2025-01-15T15:00:00.000Z');
  expect(iso(parseShiftedEpoch('1736942400', '+05:30'))).toBe('2025-01-15T06:30:00.000Z');
  expect(parseShiftedEpoch('0', 'UTC')).toBeNull();
});

describe('a site’s time zone', () => {
  test.each([
    [{ timezone_string: 'America/Sao_Paulo', gmt_offset: '-2' }, 'America/Sao_Paulo'],
    [{ timezone_string: '', gmt_offset: '-3' }, '-03:00'],
    [{ timezone_string: null, gmt_offset: '5.5' }, '+05:30'],
    [{ timezone_string: null, gmt_offset: -3.5 }, '-03:30'],
    [{ timezone_string: 'America/Nowhere', gmt_offset: '-4' }, '-04:00'],
    [{ timezone_string: '', gmt_offset: '' }, 'UTC'],
    [{ timezone_string: '', gmt_offset: '0' }, 'UTC'],
    [{ gmt_offset: 'abc' }, 'UTC'],
    [{ gmt_offset: '400' }, 'UTC'],
    [{}, 'UTC'],
  ])('of %j is %s', (options, zone) => {
    expect(siteTimeZone(options)).toBe(zone);
  });
});
