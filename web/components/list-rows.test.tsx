import { expect, test } from 'vitest';
import type { ListView } from './list-page.tsx';
import { ListRows, type RowPlace } from './list-rows.tsx';
import { Time } from './time.tsx';

let made = 0;
const at = new Date('2025-01-10T12:00:00Z');
const view = (over: object = {}, minutes = 5) =>
  ({
    list: 'leads',
    slug: 'sol',
    isMasked: false,
    canContact: true,
    canExport: true,
    choice: { tab: 'todos' },
    clock: { now: new Date(at.getTime() + minutes * 60_000), timeZone: 'UTC' },
    ...over,
  }) as unknown as ListView;

function Row({ row, place }: { row: { name: string }; place: RowPlace }) {
  made++;
  return (
    <tr>
      {row.name} {place.slug} {place.isMasked ? 'masked' : 'whole'} <Time at={at} clock={place.clock} />
    </tr>
  );
}

const rowsOf = (names: string[], list = view()) =>
  String(<ListRows view={list} own={{}} rows={names.map((name) => ({ name }))} Row={Row} />);

test('a row is made once for whoever sees the same, and anew for what differs', () => {
  const first = rowsOf(['Ana', 'Bia']);
  expect(first).toMatch(/^<tr>Ana sol whole .*há 5 min.*<\/tr><tr>Bia/);
  expect(rowsOf(['Ana', 'Bia'])).toBe(first);
  expect(made).toBe(2);
  expect(rowsOf(['Ana', 'Bia <b>'])).toContain('Bia &lt;b&gt; sol');
  expect(rowsOf(['Ana'], view({ isMasked: true }))).toContain('masked');
  expect(rowsOf(['Ana'], view({ slug: 'lua' }))).toContain('lua');
  expect(made).toBe(5);
  expect(rowsOf(['Ana'], view({}, 7))).toContain('há 7 min');
});
