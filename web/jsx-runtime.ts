// JSX straight to text: an element is its HTML as soon as it is written. hono's own JSX makes a tree first and looks for elements to move into the head
// by searching the whole page; a list of 50 rows took it 12 ms of processor, this 2. The same is escaped, and nothing else is known here: no promises, no
// contexts, no style objects. TypeScript and its compilers find this file by `jsxImportSource`.
import type { Child } from 'hono/jsx';
import type { JSX as HonoJsx } from 'hono/jsx/jsx-runtime';
import type { HtmlEscapedString } from 'hono/utils/html';

export declare namespace JSX {
  type Element = HtmlEscapedString;
  type ElementType = HonoJsx.ElementType;
  interface ElementChildrenAttribute extends HonoJsx.ElementChildrenAttribute {}
  interface IntrinsicElements extends HonoJsx.IntrinsicElements {}
  interface IntrinsicAttributes extends HonoJsx.IntrinsicAttributes {}
}

type Props = Readonly<Record<string, unknown>> & { children?: Child };
type Component = (props: Props) => Child;

/**
 * So long a text is one string; what is longer stays in pieces. V8 puts a string together only when it is read, and one of a whole page, among its large
 * objects, took longer than compressing it.
 */
const pieceLength = 16 * 1024;

type Content = string | readonly string[];

/** Escaped text; hono knows by `isEscaped` that it is. */
export class Html {
  readonly isEscaped = true;
  readonly content: Content;
  constructor(content: Content) {
    this.content = content;
  }
  toString(): string {
    return typeof this.content === 'string' ? this.content : this.content.join('');
  }
}

const special = /[&<>'"]/;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&quot;',
};

const escapeText = (text: string): string =>
  special.test(text) ? text.replace(/[&<>'"]/g, (character) => entities[character]!) : text;

/** Elements without an end. */
const empty = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** Attributes that are there or not; of any other, `false` is a word. */
const flags = new Set(
  (
    'allowfullscreen async autofocus autoplay checked controls default defer disabled download formnovalidate hidden inert ismap itemscope loop ' +
    'multiple muted nomodule novalidate open playsinline readonly required reversed selected'
  ).split(' '),
);
const openings = new Map<string, string>();

/** ` name="`; throws on what is no name: it would end the tag. */
function openingOf(name: string): string {
  const known = openings.get(name);
  if (known) return known;
  if (!/^[a-zA-Z_:][\w:.-]*$/.test(name))
    throw new TypeError(`expected the name of an attribute, got ${JSON.stringify(name)}`);
  const opening = ` ${name}="`;
  openings.set(name, opening);
  return opening;
}

function attributeText(name: string, value: unknown): string {
  if (typeof value === 'string') return `${openingOf(name)}${escapeText(value)}"`;
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean' && flags.has(name)) return value ? `${openingOf(name)}"` : '';
  if (typeof value === 'number' || typeof value === 'boolean') return `${openingOf(name)}${value}"`;
  throw new TypeError(`expected text, number or boolean for ${name}, got ${typeof value}`);
}

function contentOf(child: unknown): Content {
  if (typeof child === 'string') return escapeText(child);
  if (child instanceof Html) return child.content;
  if (child === undefined || child === null || typeof child === 'boolean') return '';
  if (typeof child === 'number') return String(child);
  if (Array.isArray(child)) return contentOfAll(child);
  // what hono's raw() gives; nothing that came as JSON can be one
  if (child instanceof String && 'isEscaped' in child) return String(child);
  throw new TypeError(`expected text or elements, got ${typeof child}`);
}

function contentOfAll(children: readonly unknown[]): Content {
  const pieces: string[] = [];
  let text = '';
  for (const child of children) {
    const content = contentOf(child);
    if (typeof content === 'string') text += content;
    else {
      pieces.push(text, ...content);
      text = '';
    }
    if (text.length >= pieceLength) {
      pieces.push(text);
      text = '';
    }
  }
  if (pieces.length === 0) return text;
  pieces.push(text);
  return pieces;
}

/** An element, or what a component makes of its properties. */
export function jsx(tag: string | Component, props: Props): Html {
  if (typeof tag === 'function') {
    const made: unknown = tag(props);
    return made instanceof Html ? made : new Html(contentOf(made));
  }
  let text = `<${tag}`;
  for (const name in props) if (name !== 'children') text += attributeText(name, props[name]);
  if (props.children === undefined && empty.has(tag)) return new Html(`${text}/>`);
  const content = contentOf(props.children);
  if (typeof content === 'string') return new Html(`${text}>${content}</${tag}>`);
  return new Html([`${text}>`, ...content, `</${tag}>`]);
}

export const Fragment = ({ children }: Props): Html => new Html(contentOf(children));

// The compilers call it differently for several children, and in development.
export { jsx as jsxDEV, jsx as jsxs };
