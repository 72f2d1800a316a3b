// Reads sql/queries/<name>.sql: one statement a file, its parameters named in the header comment (`-- $1 tenant · $2 site`).
// Both processes send the same text; each binds the values with its own driver.
import { readFileSync } from 'node:fs';

export type SqlFile = { name: string; text: string; parameters: string[] };

const loaded = new Map<string, SqlFile>();

/** The statement of sql/queries/`name`.sql. Throws when the header does not name every `$n` that the statement uses. */
export function loadSql(name: string): SqlFile {
  const known = loaded.get(name);
  if (known) return known;
  const text = readFileSync(new URL(`../sql/queries/${name}.sql`, import.meta.url), 'utf8');
  const parameters: string[] = [];
  for (const [, position, parameter] of [...text.matchAll(/^--.*$/gm)].flatMap((line) => [
    ...line[0].matchAll(/\$(\d+) ([a-z_]+)/g),
  ])) {
    parameters[Number(position) - 1] = parameter!;
  }
  const body = text.replace(/^--.*$/gm, '');
  const used = Math.max(0, ...[...body.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
  for (let position = 0; position < used; position++) {
    if (!parameters[position]) throw new Error(`sql/queries/${name}.sql: the header does not name $${position + 1}`);
  }
  const file = { name, text: body.trim().replace(/;$/, ''), parameters };
  loaded.set(name, file);
  return file;
}

/** Orders named values as the file's `$n` want them. A missing or unknown name is an error of the caller. */
export function bindSql(file: SqlFile, values: Record<string, unknown>): unknown[] {
  const unknown = Object.keys(values).filter((name) => !file.parameters.includes(name));
  if (unknown.length > 0) throw new Error(`sql/queries/${file.name}.sql has no parameter ${unknown.join(', ')}`);
  return file.parameters.map((name) => {
    if (!(name in values)) throw new Error(`sql/queries/${file.name}.sql needs the parameter ${name}`);
    return values[name];
  });
}
