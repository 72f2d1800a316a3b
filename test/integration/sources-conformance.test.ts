// Runs on every source of the registry unasked: a new file in daemon/sources with a fixture of its name is tested by this, and one without fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShopContext, ShopRow, Stream } from '../../daemon/source.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import type { Filled, SourceFixture } from '../fixtures/wordpress/fixture.ts';
import { type AnyRecord, createReader } from '../fixtures/wordpress/stream-reader.ts';
import { createTestShop, type TestShop, useOldCharacterSets } from '../fixtures/wordpress/test-shop.ts';

const numerically = (ids: Iterable<string>) => [...ids].sort((a, b) => Number(a) - Number(b));

for (const source of await loadSources()) {
  describe(source.name, async () => {
    const { default: fixture }: { default: SourceFixture } = await import(`../fixtures/wordpress/${source.name}.ts`);
    let lab: TestShop;
    let shop: ShopContext;
    let filled: Filled;
    let reader: ReturnType<typeof createReader>;
    const streams: Stream[] = source.streams;

    beforeAll(async () => {
      lab = await createTestShop({ prefix: 'lo_ja_', ...fixture.schema });
      filled = await fixture.fill(lab.shop);
      shop = await lab.context();
      reader = createReader(lab.gateway, shop);
    });
    afterAll(() => lab.close());

    test('it is found in a shop that has its tables, and not in one that lacks them', () => {
      expect(source.detect(shop)).toBe(true);
      expect(streams.filter((stream) => stream.detect?.(shop) ?? true).map(({ name }) => name)).toEqual(
        Object.keys(filled.records),
      );
      const tables = { has: () => false, columns: () => new Set<string>(), names: () => [] };
      expect(source.detect({ ...shop, tables, orderStorage: null, cartTable: null })).toBe(false);
    });

    describe.each(streams)('$name', (stream) => {
      const expected = () => filled.records[stream.name] ?? [];

      test('a full reading gives each row once, skips and refuses what it must', async () => {
        const reading = await reader.readAll(stream);
        expect(numerically(reading.records.keys())).toEqual(numerically(expected()));
        expect(Object.fromEntries(reading.skipped)).toEqual(filled.skipped?.[stream.name] ?? {});
        expect(numerically(reading.unreadable.keys())).toEqual(numerically(filled.unreadable?.[stream.name] ?? []));
        for (const code of reading.unreadable.values()) expect(code).toBe('row_unreadable');
      });

      test('a page may end anywhere, also between rows of one second', async () => {
        for (const scan of reader.scansOf(stream)) {
          const start = await reader.startOf(scan);
          const whole = (await reader.scanFrom(scan, start, 1000)).rows;
          for (const size of [1, 2, 3, 5, whole.length || 1]) {
            const { rows } = await reader.scanFrom(scan, start, size);
            expect(rows, `${scan.name} by ${size}`).toEqual(whole);
          }
          // Resuming at each row gives exactly what follows it.
          for (const [index, row] of whole.entries()) {
            const cursor = { id: String(row.cursor_id), at: String(row.cursor_at ?? '') };
            expect((await reader.scanFrom(scan, cursor, 2)).rows).toEqual(whole.slice(index + 1));
          }
        }
        const digest = await reader.digest(stream);
        for (const size of [1, 2, 3, digest.size || 1]) expect(await reader.digest(stream, size)).toEqual(digest);
        expect((await reader.readAll(stream, 2)).records).toEqual((await reader.readAll(stream)).records);
      });

      test('the digest lists exactly the records and what is refused, each with the fingerprint of its record', async () => {
        const digest = await reader.digest(stream);
        const reading = await reader.readAll(stream);
        const fingerprints = new Map([...reading.records].map(([id, { fingerprint }]) => [id, fingerprint]));
        for (const id of reading.unreadable.keys()) digest.delete(id);
        expect(new Map([...digest].sort())).toEqual(new Map([...fingerprints].sort()));
      });

      test('the same rows give the same record, in whatever order the server sends them', async () => {
        for (const [id, input] of await reader.fetchRows(stream, expected())) {
          const once = stream.assemble({ id, row: null, ...input }, shop);
          const rows = Object.fromEntries(
            Object.entries(input.rows).map(([name, list]) => [name, [...list].reverse()]),
          );
          expect(stream.assemble({ id, row: null, ...input }, shop)).toEqual(once);
          expect(stream.assemble({ id, row: null, ...input, rows }, shop)).toEqual(once);
          expect('record' in once && once.record.externalId).toBe(id);
        }
      });

      test('an id that the shop does not have is gone', async () => {
        expect([...(await reader.read(stream, ['987654321'])).gone]).toEqual(['987654321']);
      });

      test('the newest rows come highest first, as many as asked, and every record is among them', async () => {
        const newest = async (limit: number) =>
          (await lab.gateway.query<ShopRow>(stream.newest(shop), { limit })).map(({ id }) => String(id));
        const all = await newest(1000);
        expect(all).toEqual([...numerically(all)].reverse());
        expect(all).toEqual(expect.arrayContaining(expected()));
        expect(await newest(2)).toEqual(all.slice(0, 2));
      });

      test('the estimate is a number of about the rows there are', async () => {
        const [row] = await lab.gateway.query<ShopRow>(stream.estimate(shop));
        expect(Number(row?.estimate)).toBeGreaterThanOrEqual(expected().length);
      });
    });

    test('accents, emoji and typed masks come through', async () => {
      const readings = await Promise.all(streams.map((stream) => reader.readAll(stream)));
      const everything = JSON.stringify(readings.flatMap(({ records }) => [...records.values()]));
      for (const text of fixture.texts) expect(everything).toContain(text);
    });

    test('tables of old and mixed character sets give the same records', async () => {
      const own = await createTestShop({ prefix: 'lo_ja_', ...fixture.schema });
      try {
        await fixture.fill(own.shop);
        await useOldCharacterSets(own.shop);
        const mixed = createReader(own.gateway, await own.context());
        // Emoji became `?` there, and with them a fingerprint over the text.
        const comparable = (records: Map<string, AnyRecord>) =>
          JSON.stringify([...records.values()].map((record) => ({ ...record, fingerprint: '' }))).replace(
            /\p{Emoji_Presentation}|\?/gu,
            '',
          );
        for (const stream of streams) {
          const { records } = await mixed.readAll(stream);
          expect(comparable(records)).toBe(comparable((await reader.readAll(stream)).records));
          const digest = await mixed.digest(stream);
          for (const [id, { fingerprint }] of records) expect(digest.get(id)).toBe(fingerprint);
        }
      } finally {
        await own.close();
      }
    });

    test('another install whose prefix differs only where `_` is a wildcard is not read', async () => {
      const before = await Promise.all(streams.map((stream) => reader.readAll(stream)));
      const other = await lab.addInstall({ ...fixture.schema, prefix: 'loXja_' });
      await fixture.fill(other);
      await fixture.change(other);
      const context = await lab.context();
      expect(context.prefix).toBe('lo_ja_');
      const again = createReader(lab.gateway, context);
      expect(await Promise.all(streams.map((stream) => again.readAll(stream)))).toEqual(before);
    });

    test('the next poll looks at what changed, and a deleted row is absent from the digest', async () => {
      const active = streams.filter((stream) => stream.detect?.(shop) ?? true);
      const before = new Map(
        await Promise.all(
          active.map(
            async (stream) =>
              [
                stream.name,
                {
                  cursors: await reader.cursors(stream),
                  digest: await reader.digest(stream),
                  reading: await reader.readAll(stream),
                },
              ] as const,
          ),
        ),
      );
      const changed = await fixture.change(lab.shop);
      expect(Object.keys(changed)).toEqual(active.map(({ name }) => name));
      for (const stream of active) {
        const { cursors, digest, reading } = before.get(stream.name)!;
        const candidates = await reader.poll(stream, cursors, digest);
        const now = await reader.read(stream, candidates);
        for (const id of changed[stream.name]!) {
          expect([...candidates], `${stream.name} ${id}`).toContain(id);
          expect(now.records.get(id)).toBeDefined();
          expect(now.records.get(id)).not.toEqual(reading.records.get(id));
        }
      }

      const removed = await fixture.remove(lab.shop);
      for (const stream of active) {
        const left = await reader.digest(stream);
        const gone = removed[stream.name]!;
        expect(gone.filter((id) => before.get(stream.name)!.digest.has(id))).toEqual(gone);
        expect(gone.filter((id) => left.has(id))).toEqual([]);
        expect([...(await reader.read(stream, gone)).gone]).toEqual(gone);
      }
    });

    test('every statement is answered by an index, and none but a bounded one sorts', async () => {
      await fixture.bulk(lab.shop);
      const plansOf = async (sql: string, params: Record<string, unknown>) =>
        await lab.gateway.query<{ table: string | null; type: string; key: string | null; Extra: string }>(
          `explain ${sql}`,
          params,
        );
      for (const stream of streams.filter((each) => each.detect?.(shop) ?? true)) {
        const digest = [...(await reader.digest(stream)).keys()];
        const ids = digest.slice(-20);
        const tail = { after_id: digest.at(-20), after_at: '2026-01-01 00:00:00' };
        const head = { after_id: 0, after_at: '1970-01-01 00:00:00' };
        const statements: [name: string, sql: string, params: Record<string, unknown>][] = [
          ...reader
            .scansOf(stream)
            .flatMap((scan): [string, string, Record<string, unknown>][] => [
              [scan.name, scan.sql(shop), { ...head, limit: 500 }],
              [scan.name, scan.sql(shop), { ...tail, limit: 500 }],
              ...(scan.look ? [[`look of ${scan.name}`, scan.look(shop), tail] as [string, string, typeof tail]] : []),
            ]),
          ...stream.fetch.map(({ name, sql }): [string, string, Record<string, unknown>] => [name, sql(shop), { ids }]),
          ['digest', stream.digest(shop), { ...head, limit: 500 }],
          ['digest', stream.digest(shop), { ...tail, limit: 500 }],
          ...(stream.look ? [['look', stream.look(shop), tail] as [string, string, typeof tail]] : []),
        ];
        for (const [name, sql, params] of statements) {
          const plans = await plansOf(sql, params);
          for (const plan of plans.filter(({ table }) => table !== null)) {
            const where = `${stream.name}/${name} ${plan.table} ${JSON.stringify(plan)}`;
            expect(plan.type, where).not.toBe('ALL');
            expect(plan.key, where).not.toBeNull();
            if (!fixture.sortingScans?.includes(name)) expect(plan.Extra ?? '', where).not.toContain('filesort');
          }
        }
      }
    });
  });
}
