import { describe, expect, test } from 'vitest';
import { isTimeZone, localDay, offsetAt, startOfLocalDay, wallClockToInstant } from './time-zone.ts';

const saoPaulo = 'America/Sao_Paulo';
const instantOf = (wall: string, zone: string) =>
  new Date(wallClockToInstant(Date.parse(`${wall}Z`), zone)).toISOString();

describe('the wall clock of a zone', () => {
  test.each([
    // Brazil's daylight time of 2018/19: 4 November 00:00 → 01:00, 17 February 00:00 → 23:00 of the 16th.
    ['2018-11-03T23:59:59', saoPaulo, '2018-11-04T02:59:59.000Z'],
    ['2018-11-04T01:00:00', saoPaulo, '2018-11-04T03:00:00.000Z'],
    ['2019-01-15T12:00:00', saoPaulo, '2019-01-15T14:00:00.000Z'],
    ['2019-02-16T22:59:59', saoPaulo, '2019-02-17T00:59:59.000Z'],
    ['2019-02-17T00:00:00', saoPaulo, '2019-02-17T03:00:00.000Z'],
    ['2025-01-15T12:00:00', saoPaulo, '2025-01-15T15:00:00.000Z'],
    ['2025-01-15T12:00:00', 'America/Manaus', '2025-01-15T16:00:00.000Z'],
    ['2025-01-15T12:00:00', 'UTC', '2025-01-15T12:00:00.000Z'],
    ['2025-01-15T12:00:00', '+05:30', '2025-01-15T06:30:00.000Z'],
    ['2019-01-15T12:00:00', '-03:00', '2019-01-15T15:00:00.000Z'],
    ['2024-03-31T03:00:00', 'Europe/Lisbon', '2024-03-31T02:00:00.000Z'],
  ])('%s in %s is %s', (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant);
  });

  test('a reading that daylight time skipped is after the gap', () => {
    expect(instantOf('2018-11-04T00:00:00', saoPaulo)).toBe('2018-11-04T03:00:00.000Z');
    expect(instantOf('2018-11-04T00:30:00', saoPaulo)).toBe('2018-11-04T03:30:00.000Z');
    expect(instantOf('2024-03-10T02:30:00', 'America/New_York')).toBe('2024-03-10T07:30:00.000Z');
  });

  test('a reading that came twice is the earlier instant', () => {
    expect(instantOf('2019-02-16T23:30:00', saoPaulo)).toBe('2019-02-17T01:30:00.000Z');
    expect(instantOf('2024-11-03T01:30:00', 'America/New_York')).toBe('2024-11-03T05:30:00.000Z');
  });

  test('every hour around both changes of clocks reads back as itself', () => {
    for (const start of ['2018-11-02T00:00:00Z', '2019-02-15T00:00:00Z']) {
      for (let hour = 0; hour < 96; hour++) {
        const instant = Date.parse(start) + hour * 3_600_000;
        const back = wallClockToInstant(instant + offsetAt(instant, saoPaulo), saoPaulo);
        const isSecondTime =
          instant >= Date.parse('2019-02-17T02:00:00Z') && instant < Date.parse('2019-02-17T03:00:00Z');
        expect(back).toBe(isSecondTime ? instant - 3_600_000 : instant);
      }
    }
  });
});

test('the day of an instant is the day on the shop’s clock', () => {
  expect(localDay(new Date('2025-01-15T02:59:59Z'), saoPaulo)).toBe('2025-01-14');
  expect(localDay(new Date('2025-01-15T03:00:00Z'), saoPaulo)).toBe('2025-01-15');
  expect(localDay(new Date('2019-01-15T02:00:00Z'), saoPaulo)).toBe('2019-01-15');
  expect(localDay(new Date('2025-01-15T20:00:00Z'), '+05:30')).toBe('2025-01-16');
});

test('a day starts at its first instant, even where midnight was skipped or an hour came twice before', () => {
  expect(startOfLocalDay('2025-01-15', saoPaulo).toISOString()).toBe('2025-01-15T03:00:00.000Z');
  expect(startOfLocalDay('2018-11-04', saoPaulo).toISOString()).toBe('2018-11-04T03:00:00.000Z');
  expect(startOfLocalDay('2019-02-17', saoPaulo).toISOString()).toBe('2019-02-17T03:00:00.000Z');
  expect(() => startOfLocalDay('15/01/2025', saoPaulo)).toThrow(RangeError);
  expect(() => startOfLocalDay('2025-13-01', saoPaulo)).toThrow(RangeError);
});

test('only real zones and offsets are zones', () => {
  expect([saoPaulo, 'UTC', '+05:30', '-03:00'].every(isTimeZone)).toBe(true);
  expect(['', 'America/Nowhere', '+99:00', '-3', 'UTC+3', "'; drop"].some(isTimeZone)).toBe(false);
  expect(() => offsetAt(0, 'America/Nowhere')).toThrow(RangeError);
});

test('200,000 conversions over twenty years take less than a second of the processor', () => {
  const start = Date.parse('2005-01-01T00:00:00Z');
  const before = process.cpuUsage();
  let sum = 0;
  for (let index = 0; index < 200_000; index++) sum += wallClockToInstant(start + index * 3_155_000, saoPaulo);
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  expect(sum).toBeGreaterThan(0);
});
