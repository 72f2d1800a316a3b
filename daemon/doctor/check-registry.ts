// Finds the checks: every file of checks/ is one, called by its number and name. Nobody imports a check, so that adding one is adding a file.
import { readdir } from 'node:fs/promises';
import type { Check } from './check.ts';

const folder = new URL('./checks/', import.meta.url);

/** Every check in order. Throws when a file holds a check of another number: rows and texts are kept by it. */
export async function loadChecks(): Promise<Check[]> {
  const files = (await readdir(folder)).filter((file) => /^\d\d-[a-z0-9-]+\.ts$/.test(file)).sort();
  return await Promise.all(
    files.map(async (file) => {
      const { default: check } = (await import(new URL(file, folder).href)) as { default?: Check };
      if (check?.nn !== Number(file.slice(0, 2)))
        throw new Error(`checks/${file}: its default export must be a check with that number`);
      return check;
    }),
  );
}
