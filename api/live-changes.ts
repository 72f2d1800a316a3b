// What an open page must still be told: only the partials that differ from what it was sent before, and of a table only its rows. A list of 50 rows is
// 160 KB, one row three.

const partial = /<hx-partial hx-target="#([^"]+)" hx-swap="outerMorph">([\s\S]*?)<\/hx-partial>/g;
const row = /<tr id="([^"]+)"[\s\S]*?<\/tr>/g;

/**
 * The changes from one text of `<hx-partial>` elements to another, as such a text: a page that shows `before` shows `after` once they are swapped in.
 * Gives `after` itself where the two don't have the same parts.
 */
export function liveChanges(before: string, after: string): string {
  const [old, fresh] = [readParts(before), readParts(after)];
  if (!old || !fresh || old.length !== fresh.length || old.some(({ id }, at) => id !== fresh[at]!.id)) return after;
  return fresh
    .map((part, at) => (part.text === old[at]!.text ? '' : (rowChanges(old[at]!, part) ?? part.text)))
    .join('');
}

type Part = { id: string; text: string; content: string };

/** Null where the text holds more than partials. */
function readParts(html: string): Part[] | null {
  const parts = [...html.matchAll(partial)].map(([text, id, content]) => ({ id: id!, text, content: content! }));
  return parts.reduce((length, { text }) => length + text.length, 0) === html.length ? parts : null;
}

/** Null where more than rows changed, or rows that stayed changed places. */
function rowChanges(before: Part, after: Part): string | null {
  const [old, fresh] = [readRows(before.content), readRows(after.content)];
  const around = aroundRows(before.content);
  if (around.length !== 2 || around.join(rowMark) !== aroundRows(after.content).join(rowMark)) return null;
  const kept = [...old.keys()].filter((id) => fresh.has(id));
  if (kept.length === 0 || kept.join() !== [...fresh.keys()].filter((id) => old.has(id)).join()) return null;
  const changes = [...old.keys()].filter((id) => !fresh.has(id)).map((id) => swap(id, 'delete'));
  // All targets are looked up before the first swap: new rows that follow each other come in one piece, beside a row that stays.
  let above: string | null = null;
  let added = '';
  const add = (target: string, style: string) => {
    if (added) changes.push(swap(target, style, added));
    added = '';
  };
  for (const [id, text] of fresh) {
    const known = old.get(id);
    if (known === undefined) {
      added += text;
      continue;
    }
    if (above) add(above, 'afterend');
    else add(id, 'beforebegin');
    if (known !== text) changes.push(swap(id, 'outerMorph', text));
    above = id;
  }
  add(above!, 'afterend');
  return changes.join('');
}

const rowMark = '\0';
/** What stands before and after each run of rows. */
const aroundRows = (content: string) => content.replace(row, rowMark).split(/\0+/);

const readRows = (content: string) => new Map([...content.matchAll(row)].map(([text, id]) => [id!, text]));

const swap = (id: string, style: string, content = '') =>
  `<hx-partial hx-target="#${id}" hx-swap="${style}">${content}</hx-partial>`;
