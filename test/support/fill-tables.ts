// A row in every table, whatever version of the structure it is: from the catalog, so that a table of the next migration is filled too. Values are the
// first that the table's own rules let in.
import type pg from 'pg';

type Column = {
  name: string;
  type: string;
  isRequired: boolean;
  /** The words that its rules name: one of them is likely allowed. */
  words: string[];
};
type Key = { columns: string[]; target: string; targetColumns: string[] };
type Shape = { table: string; columns: Column[]; keys: Key[] };

const shapes = `
  select c.relname as table,
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null), 'isRequired', a.attnotnull and not a.atthasdef,
              'words', (select coalesce(json_agg(w[1]), '[]') from pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''([^'']+)''', 'g') w
                         where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey))) order by a.attnum)
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '') as columns,
    (select coalesce(json_agg(json_build_object('target', k.confrelid::regclass::text,
              'columns', (select json_agg(attname order by p.n) from unnest(k.conkey) with ordinality p(num, n) join pg_attribute on attrelid = k.conrelid and attnum = p.num),
              'targetColumns', (select json_agg(attname order by p.n) from unnest(k.confkey) with ordinality p(num, n) join pg_attribute on attrelid = k.confrelid and attnum = p.num))), '[]')
       from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> k.conrelid) as keys
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations' order by 1`;

const texts = [
  'abc',
  'e:ana@loja.example',
  'e:bia@loja.example',
  'cart.marked',
  '#0f766e',
  '2026-01-02',
  'BRL',
  'a'.repeat(64),
];
const mostAttempts = 500;

function candidates({ type, words }: Column, table: string): unknown[] {
  if (type === 'text') return [...words, ...texts];
  if (/^(bigint|integer|smallint|numeric|real|double precision)$/.test(type)) return [1, 0, 2, 10];
  if (type === 'boolean') return [false, true];
  if (/^timestamp/.test(type) || type === 'date') return ['2026-01-02 03:04:05', '2026-01-03 03:04:05'];
  if (type === 'uuid') return ['00000000-0000-4000-8000-000000000001'];
  if (type === 'bytea') return [Buffer.alloc(32, 1), Buffer.alloc(20, 1), Buffer.alloc(1)];
  if (/^jsonb?$/.test(type)) return ['{}', '[]', '[1]'];
  if (type === 'interval') return ['1 hour'];
  if (type === 'inet') return ['192.0.2.1'];
  if (type.endsWith('[]')) return ['{}', ...words.map((word) => [word]), '{1}', '{1,2,3,4}'];
  throw new Error(`${table}: no value for ${type}`);
}

/**
 * Puts a row into every table that has none; gives the names of those that took none. Of each column only what it must have, and what a rule of the
 * table asks for.
 */
export async function fillEmptyTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<Shape>(shapes);
  let left: Shape[] = [];
  for (const shape of rows) {
    const { rowCount } = await client.query(`select from ${shape.table} limit 1`);
    if (rowCount === 0) left.push(shape);
  }
  for (let before = -1; left.length !== before; ) {
    before = left.length;
    const failed: Shape[] = [];
    for (const shape of left) if (!(await insertRow(client, shape))) failed.push(shape);
    left = failed;
  }
  return left.map(({ table }) => table);
}

async function insertRow(client: pg.Client, { table, columns, keys }: Shape): Promise<boolean> {
  const values = new Map<string, unknown>();
  for (const { columns: own, target, targetColumns } of keys) {
    const required = own.every(
      (name) => values.has(name) || columns.some((column) => column.name === name && column.isRequired),
    );
    if (!required) continue;
    const { rows } = await client.query<Record<string, unknown>>(
      `select ${targetColumns.join(', ')} from ${target} limit 1`,
    );
    if (!rows[0]) return false;
    for (const [index, name] of own.entries()) values.set(name, rows[0][targetColumns[index]!]);
  }
  const fixed = new Set(values.keys());
  for (const column of columns)
    if (column.isRequired && !fixed.has(column.name)) values.set(column.name, candidates(column, table)[0]);
  let seed = 1;
  const oneOf = <T>(list: T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return list[seed % list.length]!;
  };
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const names = [...values.keys()];
    const places = names.map((_, index) => `$${index + 1}`);
    try {
      await client.query('savepoint one_row');
      await client.query(
        names.length > 0
          ? `insert into ${table} (${names.join(', ')}) values (${places.join(', ')})`
          : `insert into ${table} default values`,
        [...values.values()],
      );
      return true;
    } catch (error) {
      await client.query('rollback to savepoint one_row');
      // 23514 = check_violation: other values for the columns that the rule is about.
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code !== '23514' || !constraint) return false;
      const { rows } = await client.query<{ name: string }>(
        `select attname as name from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
         where k.conrelid = $1::regclass and k.conname = $2 order by attnum`,
        [table, constraint],
      );
      const free = columns.filter(({ name }) => !fixed.has(name) && rows.some((row) => row.name === name));
      if (free.length === 0) return false;
      for (const column of free)
        values.set(column.name, oneOf([...(column.isRequired ? [] : [null]), ...candidates(column, table)]));
    }
  }
  return false;
}
