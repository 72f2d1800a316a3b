// Reads a statement the way MySQL does (strings, back-quotes, comments) so that it can be judged, filled and logged by one reading: which
// words are code, where its placeholders are, and its shape without values. The list of what may be sent to a shop is here.
import mysql from 'mysql2';
import { StatementRefusedError } from './errors.ts';

/** What may stand for a placeholder. Objects and dates are refused: mysql2 would write them as SQL or in a time zone of its own. */
type Value = string | number | bigint | boolean | null | Buffer;
export type Params = readonly unknown[] | Readonly<Record<string, unknown>>;

type Token = { kind: 'code' | 'text' | 'identifier' | 'placeholder'; text: string };

export const startSnapshot = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';
export const endSnapshot = 'COMMIT';

const refuse = (reason: string): never => {
  throw new StatementRefusedError(`refused before sending: ${reason}`, { facts: { reason } });
};

// One alternative for each thing that MySQL reads as a unit, with sql_mode '' (so "…" is a string and \ escapes).
const units = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|['"`]|\?|:[a-z_]\w*|[^'"`?:]+|:/gi;

/** Splits a statement; throws StatementRefusedError for an open quote or a NUL. */
function tokenize(sql: string): Token[] {
  if (sql.includes('\0')) refuse('a NUL character');
  return (sql.match(units) ?? []).map((text) => {
    const first = text[0];
    if ((first === "'" || first === '"' || first === '`') && text.length === 1) return refuse('an open quote');
    if (first === "'" || first === '"') return { kind: 'text', text };
    if (first === '`') return { kind: 'identifier', text };
    if (text === '?' || /^:[a-z_]/i.test(text)) return { kind: 'placeholder', text };
    return { kind: 'code', text };
  });
}

// What session.ts says once to every session; nothing else may be set.
const sessionLine =
  /^SET (?:SESSION TRANSACTION READ ONLY|NAMES UTF8MB4|SESSION SQL_MODE = ''|SESSION MAX_STATEMENT_TIME = \d+(?:\.\d+)?|SESSION MAX_EXECUTION_TIME = \d+)$/;
const allowedStart = /^(?:SELECT|SHOW|EXPLAIN SELECT)\b/;
const forbidden: [RegExp, string][] = [
  [/;/, 'a second statement'],
  [/\/\*|\*\/|#|--(?=\s|$)/, 'a comment'],
  // No read of ours needs INTO: OUTFILE and DUMPFILE write files, a variable or a name keeps state in the session.
  [/\bINTO\b/, 'INTO'],
  [/:=|(?<!@)@(?!@)/, 'a variable'],
  [/\bFOR (?:UPDATE|SHARE)\b|\bLOCK IN\b/, 'a lock'],
  [/\bPROCEDURE\b(?! STATUS| CODE)|\bNEXT VALUE FOR\b|\bPREVIOUS VALUE FOR\b/, 'a procedure or sequence'],
  [
    /\b(?:LOAD_FILE|SLEEP|BENCHMARK|GET_LOCK|RELEASE_LOCK|RELEASE_ALL_LOCKS|IS_FREE_LOCK|IS_USED_LOCK|MASTER_POS_WAIT|SOURCE_POS_WAIT|MASTER_GTID_WAIT|WAIT_FOR_EXECUTED_GTID_SET|NEXTVAL|SETVAL|LASTVAL|SYS_EXEC|SYS_EVAL)\b/,
    'a function that waits, locks, writes or reads files',
  ],
];

/**
 * Throws StatementRefusedError unless the statement is one that may be sent to a shop: SELECT, SHOW, EXPLAIN SELECT, the fixed snapshot and
 * COMMIT, the fixed session lines. One statement, no comment (an executable one would hide code), no file, lock, variable, sequence or waiting function.
 */
export function assertReadOnly(sql: string): void {
  const tokens = tokenize(sql);
  // What is quoted becomes a mark that no rule takes for a word. A quoted name before "(" calls a function: MySQL runs `sleep`(9).
  const marks = { text: "'…'", identifier: '``', placeholder: '?' };
  const code = tokens
    .map(({ kind, text }) => (kind === 'code' || text === "''" ? text : marks[kind]))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
    .toUpperCase();
  if (code === startSnapshot || code === endSnapshot || sessionLine.test(code)) return;
  for (const [pattern, reason] of forbidden) if (pattern.test(code)) refuse(reason);
  if (/`` ?\(/.test(code)) refuse('a quoted function name');
  if (!allowedStart.test(code)) refuse(`not a read: ${code.slice(0, 20)}`);
}

/** The statement with each value written by mysql2's escaping. A list becomes `1, 2, 3`, for `in (…)`. */
export function fill(sql: string, params: Params): string {
  const byPosition: readonly unknown[] | null = Array.isArray(params) ? params : null;
  const byName = params as Readonly<Record<string, unknown>>;
  let used = 0;
  const filled = tokenize(sql).map(({ kind, text }) => {
    if (kind !== 'placeholder') return text;
    if (text === '?') {
      if (!byPosition || used >= byPosition.length) return refuse('fewer values than placeholders');
      return write(byPosition[used++], text);
    }
    const name = text.slice(1);
    if (byPosition || !Object.hasOwn(byName, name)) return refuse(`no value for :${name}`);
    return write(byName[name], text);
  });
  if (byPosition && used < byPosition.length) refuse('more values than placeholders');
  return filled.join('');
}

function write(value: unknown, placeholder: string): string {
  if (!Array.isArray(value)) return mysql.escape(checkedValue(value, placeholder));
  if (value.length === 0) return refuse(`an empty list for ${placeholder}: in () is no SQL`);
  return value.map((one) => mysql.escape(checkedValue(one, placeholder))).join(', ');
}

function checkedValue(value: unknown, placeholder: string): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Buffer.isBuffer(value)) return value;
  return refuse(`a value of type ${value === undefined ? 'undefined' : typeof value} for ${placeholder}`);
}

/** The statement on one line with its literals as `?`: what the statement log keeps. */
export function shapeOf(sql: string): string {
  return tokenize(sql)
    .map(({ kind, text }) => (kind === 'text' ? '?' : kind === 'code' ? text.replace(/\b\d+(?:\.\d+)?\b/g, '?') : text))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A name in back-quotes. Take it from the discovered list only; throws StatementRefusedError for what can be no name. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.length > 64 || name.includes('\0')) refuse('not a table or column name');
  return `\`${name.replaceAll('`', '``')}\``;
}
