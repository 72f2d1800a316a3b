// Every kind of change in a shop is in the copy after the next poll, and what did not change is not written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

describe.each(['hpos', 'legacy'] as const)('a %s shop with its crowd', (storage) => {
  let world: SyncShop;
  beforeAll(async () => {
    world = await createSyncShop({ storage, isGenerated: true });
  });
  afterAll(() => world.drop());

  test('is read whole by the first poll; the second writes no row', async () => {
    const first = await world.sync();
    expect(first.warnings).toEqual([]);
    console.log(first.streams.map((stream) => [stream.stream, JSON.stringify(stream.counts)].join(' ')).join('\n'));
    const before = await rowVersions(world.owner);
    const second = await world.sync();
    expect(second.streams.map(({ counts }) => counts.new + counts.changed + counts.missing)).toEqual(
      second.streams.map(() => 0),
    );
    expect(await rowVersions(world.owner)).toEqual(before);
  });
});
