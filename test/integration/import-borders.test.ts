// The folders' borders are kept by Biome: forbidden imports planted in a copy of the tree's folders are refused, and the allowed ones pass.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const forbidden: [folder: string, from: string][] = [
  ['shared', 'pg'],
  ['shared', 'mysql2/promise'],
  ['shared', 'hono'],
  ['shared', '../daemon/db.ts'],
  ['web/pages', 'postgres'],
  ['web/pages', '../../api/db.ts'],
  ['api/routes', '../../daemon/db.ts'],
  ['daemon/sync', '../../api/db.ts'],
  ['daemon/sync', '#web/paths.ts'],
  ['daemon/sync', '../sources/form-vibes.ts'],
  ['daemon/sources', '../db.ts'],
  ['daemon/sources', './form-vibes.ts'],
  ['daemon/sources', 'node:fs'],
  ['daemon/sources', 'mysql2'],
  ['daemon/sources', '../sync/run.ts'],
];
const allowed: [folder: string, from: string][] = [
  ['shared', './errors.ts'],
  ['shared', 'node:fs'],
  ['web/pages', '#shared/money.ts'],
  ['web/pages', 'hono/jsx'],
  ['api/routes', '#web/paths.ts'],
  ['api/routes', 'hono'],
  ['daemon/sync', '../source-registry.ts'],
  ['daemon/sync', 'pg'],
  ['daemon/sources', '../source.ts'],
  ['daemon/sources', '../records.ts'],
  ['daemon/sources', '../wordpress/text.ts'],
  ['daemon/sources', '#shared/money.ts'],
];

test('a forbidden import is refused in every folder, an allowed one in none', () => {
  const root = mkdtempSync(join(tmpdir(), 'cel-borders-'));
  try {
    copyFileSync(new URL('../../biome.json', import.meta.url), join(root, 'biome.json'));
    const plant = (kind: string, cases: [string, string][]) =>
      cases.map(([folder, from], index) => {
        const path = join(folder, `${kind}-${index}.ts`);
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), `import { x } from '${from}';\nx();\n`);
        return path;
      });
    const planted = plant('forbidden', forbidden);
    plant('allowed', allowed);
    const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url));
    const args = [
      'lint',
      '--only=style/noRestrictedImports',
      '--max-diagnostics=none',
      '--colors=off',
      '--vcs-enabled=false',
      '.',
    ];
    const { stdout, stderr } = spawnSync(biome, args, { cwd: root, encoding: 'utf8' });
    const refused = [...`${stdout}${stderr}`.matchAll(/^(\S+):\d+:\d+ lint\/style\/noRestrictedImports/gm)].map(
      ([, path]) => path,
    );
    expect([...new Set(refused)].sort()).toEqual([...planted].sort());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
