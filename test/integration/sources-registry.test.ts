// The registry by itself: which sources there are, and what the pages learn of them.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPool } from '../../daemon/db.ts';
import { loadSources, publishSourceTypes } from '../../daemon/source-registry.ts';
import { createTestDatabase } from '../support/servers.ts';

test('every file of sources/ is a source called as the file', async () => {
  const files = readdirSync(new URL('../../daemon/sources/', import.meta.url)).sort();
  expect((await loadSources()).map(({ name }) => `${name}.ts`)).toEqual(files);
});

test('the pages learn the types; publishing again changes nothing, and a type that is no more goes', async () => {
  const database = await createTestDatabase();
  const pool = createPool({ url: database.url, role: 'carrinho_daemon', name: 'test' });
  try {
    const read = async () => (await pool.query('select * from source_types order by name')).rows;
    const sources = await loadSources();
    await publishSourceTypes(pool, sources);
    const published = await read();
    expect(published.map(({ name }) => name)).toEqual(sources.map(({ name }) => name));
    expect(published.find(({ name }) => name === 'form-vibes')).toMatchObject({
      label: 'Form Vibes (formulários)',
      streams: [
        { name: 'entries', target: 'lead', label: 'Envios de formulário' },
        { name: 'answers', target: 'lead_answer', label: 'Respostas de formulário' },
      ],
    });
    await publishSourceTypes(pool, sources);
    expect(await read()).toEqual(published);
    await publishSourceTypes(pool, sources.slice(1));
    expect((await read()).map(({ name }) => name)).toEqual(sources.slice(1).map(({ name }) => name));
  } finally {
    await pool.end();
    await database.drop();
  }
});
