// The rows of a list as text that is made once for whoever sees the same: the page that a colleague asks for, or an open page of which one row changed, has few
// rows to make. A row is made of what its key holds and of the clock alone, so that no other row can be shown in its place.
import type { Child } from 'hono/jsx';
import type { Clock } from '../format.ts';
import type { ListView } from './list-page.tsx';

/** What a row may know of its list. */
export type RowPlace = Pick<ListView, 'list' | 'slug' | 'isMasked' | 'canContact' | 'canExport' | 'clock'> & {
  tab: string;
};

/** "há 12 min" is so much older at the most. */
const keptForMs = 60_000;
const mostRows = 2_000;
const kept = new Map<string, Child>();
let keptSince = 0;

/** `own`: what the rows need of the list besides; plain values, as those of `rows` and their dates. */
export function ListRows<Row extends object, Own extends object>({
  view: { list, slug, isMasked, canContact, canExport, clock, choice },
  own,
  rows,
  Row,
}: {
  view: ListView;
  own: Own;
  rows: readonly Row[];
  Row(props: { row: Row; place: RowPlace & Own }): Child;
}) {
  forgetOld(clock);
  const facts = { ...own, list, slug, isMasked, canContact, canExport, tab: choice.tab };
  const place = JSON.stringify([facts, clock.timeZone]);
  const made = rows.map((row) => {
    const key = place + JSON.stringify(row);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const text = Row({ row, place: { ...facts, clock } });
    // Makes one string of the thousand that it was put together from; else the page would do that for each row at each time.
    String(text).charCodeAt(0);
    kept.set(key, text);
    return text;
  });
  return <>{made}</>;
}

function forgetOld({ now }: Clock): void {
  const age = now.getTime() - keptSince;
  if (age >= 0 && age < keptForMs && kept.size < mostRows) return;
  kept.clear();
  keptSince = now.getTime();
}
