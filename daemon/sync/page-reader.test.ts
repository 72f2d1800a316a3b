import { expect, test } from 'vitest';
import { createPace } from '../connections/pace.ts';
import type { Stream } from '../source.ts';
import { gather, type Page, pageSizeOf } from './page-reader.ts';
import type { PreparedRow } from './prepare.ts';

const pageOf = (ids: number[], rest: Partial<Page> = {}): Page => ({
  rows: ids.map((id) => ({ externalId: String(id) }) as PreparedRow),
  unreadable: [],
  skipped: [],
  goneIds: [],
  end: { at: null, id: BigInt(ids.at(-1) ?? 0) },
  young: null,
  ...rest,
});

async function* give(pages: (Page | Error)[], tell: (count: number) => void = () => {}) {
  for (const [index, page] of pages.entries()) {
    if (page instanceof Error) throw page;
    tell(index + 1);
    yield page;
  }
}

async function collect(pages: AsyncGenerator<Page>, into: string[][] = []): Promise<string[][]> {
  for await (const { rows } of pages) into.push(rows.map(({ externalId }) => externalId));
  return into;
}

test('pages are written together up to the size of a batch, each row once and in order', async () => {
  const pages = [pageOf([1, 2]), pageOf([3, 4]), pageOf([5, 6])];
  expect(await collect(gather(give(pages), 4))).toEqual([
    ['1', '2', '3', '4'],
    ['5', '6'],
  ]);
});

test('a batch ends where its last page ends, and is as young as its first young row', async () => {
  const young = { at: null, id: 2n };
  const pages = [pageOf([1, 2]), pageOf([3], { young, goneIds: ['4'] }), pageOf([5], { young: { at: null, id: 4n } })];
  const { value } = await gather(give(pages), 9).next();
  expect(value).toMatchObject({ end: { id: 5n }, young, goneIds: ['4'] });
});

test('an order that a refund brings again is written again, after what was read of it before', async () => {
  const pages = [pageOf([1, 2]), pageOf([3, 2]), pageOf([4], { goneIds: ['3'] })];
  expect(await collect(gather(give(pages), 9))).toEqual([['1', '2'], ['3', '2'], ['4']]);
});

test('what was read before the shop failed is written before the failure is told', async () => {
  const seen: string[][] = [];
  await expect(collect(gather(give([pageOf([1]), pageOf([2]), new Error('gone')]), 9), seen)).rejects.toThrow('gone');
  expect(seen).toEqual([['1', '2']]);
});

test('no more is read ahead than a batch, and nothing more once nobody asks', async () => {
  let count = 0;
  const endless = Array.from({ length: 99 }, (_, index) => pageOf([index]));
  const batches = gather(
    give(endless, (read) => {
      count = read;
    }),
    3,
  );
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(count).toBe(6);
  await batches.return(undefined);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(count).toBeLessThanOrEqual(7);
});

test('a far shop is asked for four pages at once, by its fastest statement; pages of blobs stay small', () => {
  const pace = createPace({ now: () => 0 });
  const sizeOf = (pageSize: number) => pageSizeOf({ gateway: pace as never, stream: { pageSize } as Stream });
  expect(sizeOf(500)).toBe(500);
  pace.add(300);
  expect([sizeOf(500), sizeOf(900), sizeOf(200)]).toEqual([2_000, 3_600, 200]);
  pace.add(7);
  expect(sizeOf(500)).toBe(500);
});
