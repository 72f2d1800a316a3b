// Reads PHP's serialize format, which shops keep in options, carts and metadata (docs/wordpress.md §8). Our own, because public parsers throw on
// INF, enums and references, lose `__proto__` keys or return rubbish for cut-off text. The bytes come from strangers: lengths are
// counted in bytes and checked against what is left, depth and number of values are limited, nothing is ever instantiated.

import { AppError } from '#shared/errors.ts';

export type PhpArray = Map<string | number, PhpValue>;

/** An object of PHP; nothing of its class is known here. `r:` and `R:` are the same Map or object again, so a value may be cyclic. */
export type PhpObject = {
  className: string;
  /** Property names without their visibility prefix: WC_Product's protected `\0*\0id` is `id`. */
  properties: PhpArray;
  /** The case of an enum (`E:`), instead of properties. */
  enumCase?: string;
  /** The bytes of a class that serialises itself (`C:`), read as UTF-8, instead of properties. */
  raw?: string;
};

/** Integers beyond 2^53 are bigint. */
export type PhpValue = null | boolean | number | bigint | string | PhpArray | PhpObject;

/** The text is no PHP serialization; `offset` is the byte where reading stopped. */
export class PhpUnserializeError extends AppError {
  readonly code = 'php_unserialize_failed';
  readonly retry = 'never';
  constructor(
    problem: string,
    readonly offset: number,
  ) {
    super(`php serialize: ${problem} at byte ${offset}`, { facts: { offset: String(offset) } });
  }
}

export type UnserializeOptions = {
  /** Mend string lengths that do not fit (text repaired or replaced after serialising) and ignore what follows the value. Default false. */
  tolerant?: boolean;
};

/** WooCommerce's deepest carts have about ten levels; PHP itself would stop at 4096. */
const maxDepth = 200;
const maxValues = 200_000;

/**
 * The value of a serialized text; a string that holds a serialized value is read once more, since WordPress serialises such strings
 * twice. Throws PhpUnserializeError for anything else, so that `b:0;` and rubbish differ.
 */
export function unserialize(input: string | Buffer, { tolerant = false }: UnserializeOptions = {}): PhpValue {
  const value = new Reader(toBuffer(input), tolerant).readAll();
  if (typeof value !== 'string' || !/^(?:N;|[bidsaOCE]:)/.test(value)) return value;
  try {
    return new Reader(toBuffer(value), tolerant).readAll();
  } catch (error) {
    // Only looked like it: a text that somebody typed.
    if (error instanceof PhpUnserializeError) return value;
    throw error;
  }
}

function toBuffer(input: string | Buffer): Buffer {
  return typeof input === 'string' ? Buffer.from(input, 'utf8') : input;
}

const byte = (character: string) => character.charCodeAt(0);
const colon = byte(':');
const semicolon = byte(';');
const quote = byte('"');
const isSpace = (code: number | undefined) => code === 0x20 || (code !== undefined && code >= 0x09 && code <= 0x0d);

class Reader {
  private position = 0;
  private valueCount = 0;
  /** Values by number, for `r:` and `R:`; keys are not counted. */
  private readonly slots: PhpValue[] = [];

  constructor(
    private readonly bytes: Buffer,
    private readonly tolerant: boolean,
  ) {}

  readAll(): PhpValue {
    while (isSpace(this.bytes[this.position])) this.position++;
    const value = this.readValue(0);
    if (this.tolerant) return value;
    while (isSpace(this.bytes[this.position])) this.position++;
    if (this.position < this.bytes.length) this.fail('unexpected bytes after the value');
    return value;
  }

  private readValue(depth: number): PhpValue {
    if (depth > maxDepth) this.fail(`deeper than ${maxDepth} levels`);
    if (++this.valueCount > maxValues) this.fail(`more than ${maxValues} values`);
    const token = this.readToken();
    if (token === 'R' || token === 'r') return this.readReference(token);

    // Taken before the children are read, because they may point to it.
    const slot = this.slots.push(null) - 1;
    const keep = <Value extends PhpValue>(value: Value): Value => {
      this.slots[slot] = value;
      return value;
    };
    switch (token) {
      case 'N':
        return null;
      case 'b':
        return keep(this.readUntil(semicolon, /^[01]$/, 'boolean') === '1');
      case 'i':
        return keep(toInteger(this.readUntil(semicolon, /^[+-]?\d{1,20}$/, 'integer')));
      case 'd':
        return keep(
          toFloat(this.readUntil(semicolon, /^(?:-?INF|NAN|[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)$/i, 'float')),
        );
      case 's': {
        const text = this.readString();
        this.expect(semicolon);
        return keep(text);
      }
      case 'a': {
        const array: PhpArray = keep(new Map());
        this.readEntries(depth, (key, value) => array.set(key, value));
        return array;
      }
      case 'O': {
        const object = keep<PhpObject>({ className: this.readNameAndColon(), properties: new Map() });
        this.readEntries(depth, (key, value) => {
          const name = typeof key === 'string' && key.startsWith('\0') ? key.slice(key.indexOf('\0', 1) + 1) : key;
          // A parent's private property may have the same name; the object's own comes first.
          if (!object.properties.has(name)) object.properties.set(name, value);
        });
        return object;
      }
      case 'C':
        return keep(this.readCustomObject());
      case 'E':
        return keep(this.readEnum());
      default:
        return this.fail('unknown type', this.position - 2);
    }
  }

  /** The letter of the next value, past its colon (or `N`'s semicolon). */
  private readToken(): string {
    const letter = this.bytes[this.position];
    if (letter === undefined) this.fail('unexpected end');
    const token = String.fromCharCode(letter);
    this.position++;
    this.expect(token === 'N' ? semicolon : colon);
    return token;
  }

  private readReference(token: 'r' | 'R'): PhpValue {
    const start = this.position;
    const number = Number(this.readUntil(semicolon, /^\d{1,10}$/, 'reference'));
    const value = this.slots[number - 1];
    if (value === undefined) this.fail('reference to a value that is not there', start);
    // PHP counts `r` (an object again) as a value of its own and `R` (a reference) not.
    if (token === 'r') this.slots.push(value);
    return value;
  }

  /** `COUNT:{key value …}` */
  private readEntries(depth: number, add: (key: string | number, value: PhpValue) => void): void {
    const start = this.position;
    const count = Number(this.readUntil(colon, /^\d{1,10}$/, 'count'));
    // The shortest entry is `i:0;N;`.
    if (count * 6 > this.bytes.length - this.position) this.fail('count larger than what is left', start);
    this.expect(byte('{'));
    for (let index = 0; index < count; index++) {
      const key = this.readKey();
      add(key, this.readValue(depth + 1));
    }
    this.expect(byte('}'));
  }

  private readKey(): string | number {
    const start = this.position;
    const token = this.readToken();
    if (token === 'i') {
      const key = toInteger(this.readUntil(semicolon, /^[+-]?\d{1,20}$/, 'integer'));
      return typeof key === 'bigint' ? String(key) : key;
    }
    if (token !== 's') this.fail('expected a key', start);
    const key = this.readString();
    this.expect(semicolon);
    return key;
  }

  /** `LEN:"Class":` */
  private readNameAndColon(): string {
    const name = this.readString();
    this.expect(colon);
    return name;
  }

  private readCustomObject(): PhpObject {
    const className = this.readNameAndColon();
    const length = this.readLength();
    this.expect(byte('{'));
    const raw = this.take(length);
    this.expect(byte('}'));
    return { className, properties: new Map(), raw };
  }

  private readEnum(): PhpObject {
    const start = this.position;
    const name = this.readString();
    this.expect(semicolon);
    const separator = name.indexOf(':');
    if (separator < 1) this.fail('enum without a case', start);
    return { className: name.slice(0, separator), properties: new Map(), enumCase: name.slice(separator + 1) };
  }

  /** `LEN:"bytes"` */
  private readString(): string {
    const start = this.position;
    const length = Number(this.readUntil(colon, /^\d{1,10}$/, 'length'));
    this.expect(quote);
    const isExact = this.bytes[this.position + length] === quote && this.isStringEnd(this.position + length);
    if (!isExact && this.tolerant) return this.readUntilQuote(start);
    if (length > this.bytes.length - this.position) this.fail('length larger than what is left', start);
    const text = this.take(length);
    this.expect(quote);
    return text;
  }

  private isStringEnd(at: number): boolean {
    const next = this.bytes[at + 1];
    return next === semicolon || next === colon;
  }

  /** The length is wrong: the string ends at the next `";` after which another value, a closing brace or nothing follows. */
  private readUntilQuote(start: number): string {
    for (let end = this.position; ; end++) {
      end = this.bytes.indexOf(quote, end);
      if (end < 0) this.fail('string without an end', start);
      if (!this.isStringEnd(end) || !this.isValueStart(end + 2)) continue;
      const text = this.bytes.toString('utf8', this.position, end);
      this.position = end + 1;
      return text;
    }
  }

  private isValueStart(at: number): boolean {
    if (at >= this.bytes.length) return true;
    return /^(?:\}|N;|[bidsaOCErR]:|\d+:)/.test(this.bytes.toString('latin1', at, at + 12));
  }

  private readLength(): number {
    const start = this.position;
    const length = Number(this.readUntil(colon, /^\d{1,10}$/, 'length'));
    if (length > this.bytes.length - this.position) this.fail('length larger than what is left', start);
    return length;
  }

  private take(length: number): string {
    const text = this.bytes.toString('utf8', this.position, this.position + length);
    this.position += length;
    return text;
  }

  /** Short text up to a delimiter, which is passed over. */
  private readUntil(delimiter: number, pattern: RegExp, what: string): string {
    const start = this.position;
    // No number is longer; without the bound each bad one would search the whole buffer.
    const end = this.bytes.subarray(start, start + 400).indexOf(delimiter);
    const text = end < 0 ? '' : this.bytes.toString('latin1', start, start + end);
    if (end < 0 || !pattern.test(text)) this.fail(`expected ${what}`, start);
    this.position = start + end + 1;
    return text;
  }

  private expect(code: number): void {
    if (this.bytes[this.position] !== code) this.fail(`expected ${String.fromCharCode(code)}`);
    this.position++;
  }

  private fail(problem: string, offset = this.position): never {
    throw new PhpUnserializeError(problem, Math.min(offset, this.bytes.length));
  }
}

function toInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.replace(/^\+/, ''));
}

function toFloat(text: string): number {
  if (/^NAN$/i.test(text)) return Number.NaN;
  if (/INF$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
