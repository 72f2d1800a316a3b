import { raw } from 'hono/html';
import { Fragment as HonoFragment, jsx as honoJsx } from 'hono/jsx/jsx-runtime';
import { describe, expect, test } from 'vitest';
import { Fragment, Html, jsx } from './jsx-runtime.ts';

const hostile = `<b title='x("y")'>&amp; Zé`;

describe('what hono makes of an element', () => {
  const shown = [hostile, '', 0, 12.5, true, false, null, undefined, [hostile, [1, null], raw('<i>')], raw('<i>')];
  test.each([
    ...shown.map((children) => ['p', { children }] as const),
    ['input', { name: 'busca', value: hostile, disabled: true, hidden: false, maxlength: 200 }],
    ['option', { value: '', selected: false, children: hostile }],
    [
      'a',
      {
        href: `/x?a=1&b="`,
        title: null,
        rel: undefined,
        'aria-current': false,
        'data-n': 0,
        download: true,
        draggable: false,
      },
    ],
    ['svg', { viewBox: '0 0 24 24', 'stroke-width': '1.8', 'aria-hidden': 'true', children: [] }],
    ['textarea', { rows: 3, children: '' }],
  ] as const)('%s %j', (tag, props) => {
    expect(String(jsx(tag, { ...props } as never))).toBe(String(honoJsx(tag, { ...props } as never)));
  });

  test('components and fragments: text that they give is escaped like any other', () => {
    const page = (make: typeof jsx, Part: typeof Fragment) => {
      const Text = () => hostile;
      const None = () => null;
      const Box = ({ children }: { children?: never }) => make('div', { children });
      const inner = [make(Text as never, {}), make(None as never, {}), hostile];
      return String(
        make(Box as never, { children: [make(Part as never, { children: inner as never }), hostile] as never }),
      );
    };
    expect(page(jsx, Fragment)).toBe(page(honoJsx as never, HonoFragment as never));
  });
});

test('an object that says it is escaped is none of ours, and a name that ends the tag is refused', () => {
  const fromJson = JSON.parse('{"isEscaped":true,"text":"<b>"}');
  expect(() => jsx('p', { children: fromJson })).toThrow(TypeError);
  expect(() => jsx('p', { children: Promise.resolve('x') as never })).toThrow(TypeError);
  expect(() => jsx('p', { 'x onclick': 'y' } as never)).toThrow(TypeError);
  expect(() => jsx('p', { style: { color: 'red' } } as never)).toThrow(TypeError);
});

test('a long page stays in pieces that say together what hono says', () => {
  const rows = Array.from({ length: 3000 }, (_, number) => `${hostile} … ${number}`);
  const page = (make: typeof jsx, Part: typeof Fragment) => {
    const list = make('ul', { children: rows.map((row) => make('li', { children: row })) as never });
    return make('main', { children: ['a', make(Part as never, { children: list as never }), 'z'] as never });
  };
  const { content } = page(jsx, Fragment);
  expect(String(new Html(content))).toBe(String(page(honoJsx as never, HonoFragment as never)));
  expect(content.length).toBeGreaterThan(10);
  for (const piece of content) expect(piece.length).toBeLessThan(17_000);
});

test('the compiler takes this one', () => {
  const name = '<Ana>';
  expect(String(<p title={name}>Olá, {name}</p>)).toBe('<p title="&lt;Ana&gt;">Olá, &lt;Ana&gt;</p>');
});
