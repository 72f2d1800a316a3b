// Finds the sources: every file of sources/ is one, and nobody imports a source by name, so that adding one is adding a file.
import { readdir } from 'node:fs/promises';
import type { Pool } from './db.ts';
import type { Source } from './source.ts';

const folder = new URL('./sources/', import.meta.url);

/** Every source, by name. Throws when a file's source is called otherwise than the file: cursors and rows are kept under that name. */
export async function loadSources(): Promise<Source[]> {
  const files = (await readdir(folder)).filter((file) => /^[a-z][a-z0-9-]*\.ts$/.test(file)).sort();
  return await Promise.all(
    files.map(async (file) => {
      const name = file.replace(/\.ts$/, '');
      // Written so that start/run.mjs sees which files it may be.
      const { default: source } = (await import(`./sources/${name}.ts`)) as { default?: Source };
      if (source?.name !== name) throw new Error(`sources/${file}: its default export must be a source called ${name}`);
      return source;
    }),
  );
}

/** Tells the pages which sources there are (`source_types`); `pool` works as carrinho_daemon. Types that no longer exist go. */
export async function publishSourceTypes(pool: Pool, sources: readonly Source[]): Promise<void> {
  const types = sources.map(({ name, label, streams }) => ({
    name,
    label,
    streams: streams.map((stream) => ({ name: stream.name, target: stream.target, label: stream.label })),
  }));
  await pool.query(
    `with given as (
       select name, label, streams from jsonb_to_recordset($1::jsonb) as given (name text, label text, streams jsonb)
     ), gone as (
       delete from source_types where name not in (select name from given)
     )
     insert into source_types as types (name, label, streams)
     select name, label, streams from given
     on conflict (name) do update
       set label = excluded.label, streams = excluded.streams, updated_at = now()
       where (types.label, types.streams) is distinct from (excluded.label, excluded.streams)`,
    [JSON.stringify(types)],
  );
}
