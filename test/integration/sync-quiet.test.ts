// A sync of a shop that did not change writes nothing to the copies or to what is concluded from them: proven from Postgres' own log. The same
// for the demo's large shops: npm run test:large.
import { afterAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { watchWal } from '../support/wal-records.ts';

describe.each(['hpos', 'legacy'] as const)('a full pass over an unchanged %s shop', (storage) => {
  let lab: SyncShop;
  afterAll(() => lab?.drop());

  test('writes no heap or index record of a business table; a changed order does', async () => {
    const database = await createTestDatabase();
    lab = await createSyncShop({ storage, isGenerated: true, database });
    await lab.sync('poll');
    const watch = await watchWal(database.adminUrl);
    try {
      const again = await lab.sync('full');
      const counts = again.streams.map(({ counts }) => counts);
      expect(counts.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBeGreaterThan(1000);
      expect(counts.reduce((sum, { new: added, changed, missing }) => sum + added + changed + missing, 0)).toBe(0);
      expect((await watch.read()).records).toEqual([]);
      // The watch would have seen it.
      await lab.owner.query(`update orders set changed_at = changed_at where id = (select min(id) from orders)`);
      expect((await watch.read()).records.map(({ relation }) => relation)).toContain('orders');
    } finally {
      await watch.end();
    }
  });
});
