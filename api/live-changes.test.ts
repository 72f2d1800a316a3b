import { expect, test } from 'vitest';
import { liveChanges } from './live-changes.ts';

const part = (id: string, content: string, style = 'outerMorph') =>
  `<hx-partial hx-target="#${id}" hx-swap="${style}">${content}</hx-partial>`;
const rowOf = (id: string, text = '') => `<tr id="${id}"><td>${text || id}</td></tr>`;
const list = (rows: readonly string[], title = 'Pessoa') =>
  part('lista', `<table><thead><tr><th>${title}</th></tr></thead><tbody>${rows.join('')}</tbody></table>`);

/** What a page with these rows shows after the partials, as htmx does it: every target is looked up first, then each swap is made. */
function applyRows(rows: readonly string[], changes: string): string[] {
  const idOf = (row: string) => row.match(/id="([^"]+)"/)![1]!;
  const shown = rows.map((text) => ({ id: idOf(text), text }));
  const swaps = [...changes.matchAll(/<hx-partial hx-target="#([^"]+)" hx-swap="(\w+)">([\s\S]*?)<\/hx-partial>/g)];
  const found = swaps.map(([, id, style, content]) => ({
    target: shown.find((row) => row.id === id)!,
    style,
    fresh: [...content!.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([text]) => ({ id: idOf(text), text })),
  }));
  for (const { target, style, fresh } of found) {
    const at = shown.indexOf(target);
    if (style === 'delete') shown.splice(at, 1);
    else if (style === 'outerMorph') target.text = fresh[0]!.text;
    else shown.splice(style === 'afterend' ? at + 1 : at, 0, ...fresh);
  }
  return shown.map(({ text }) => text);
}

test('a figure that moved is sent alone', () => {
  const before = part('a', '<p id="a">1</p>') + part('b', '<p id="b">2</p>');
  const after = part('a', '<p id="a">1</p>') + part('b', '<p id="b">3</p>');
  expect(liveChanges(before, after)).toBe(part('b', '<p id="b">3</p>'));
});

test('a row that changed is sent alone, a new one beside a row that stays', () => {
  const before = list(['r1', 'r2', 'r3'].map((id) => rowOf(id)));
  expect(liveChanges(before, list([rowOf('r1'), rowOf('r2', 'outro'), rowOf('r3')]))).toBe(
    part('r2', rowOf('r2', 'outro')),
  );
  expect(liveChanges(before, list(['r8', 'r9', 'r1', 'r2'].map((id) => rowOf(id))))).toBe(
    part('r3', '', 'delete') + part('r1', rowOf('r8') + rowOf('r9'), 'beforebegin'),
  );
});

test('the whole where the frame changed, rows changed places, none stayed, or there are two tables', () => {
  const rows = ['r1', 'r2', 'r3'].map((id) => rowOf(id));
  const whole = (after: string, before = list(rows)) => expect(liveChanges(before, after)).toBe(after);
  whole(list(rows, 'Cliente'));
  whole(list([rows[1]!, rows[0]!, rows[2]!]));
  whole(list([rowOf('r9')]));
  whole(part('lista', '<p>Nenhum carrinho.</p>'));
  whole(list(rows) + part('aviso', 'novo'));
  whole('');
  whole(`${list(rows)}<p>fora</p>`);
  const tables = (one: string, other: string) =>
    part('l', `<table><tbody>${one}</tbody></table><table><tbody>${other}</tbody></table>`);
  whole(tables(rowOf('r1'), rowOf('r3') + rowOf('r2')), tables(rowOf('r1'), rowOf('r2')));
});

test('200 random lists: the page that had the one shows the other', () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const counted = { changes: 0 };
  for (let round = 0; round < 200; round++) {
    const before = Array.from({ length: 1 + random(12) }, (_, at) => rowOf(`r${at}`));
    const after = before.flatMap((row, at) => {
      const added = random(4) === 0 ? Array.from({ length: 1 + random(2) }, (_, n) => rowOf(`n${at}x${n}`)) : [];
      const kept = random(4) === 0 ? [] : [random(3) === 0 ? rowOf(`r${at}`, `mudou ${round}`) : row];
      return [...added, ...kept];
    });
    const changes = liveChanges(list(before), list(after));
    if (changes === list(after)) continue;
    counted.changes++;
    expect(applyRows(before, changes)).toEqual(after);
  }
  expect(counted.changes).toBeGreaterThan(150);
});
