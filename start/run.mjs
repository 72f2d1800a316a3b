// Runs a program of the project: `node start/run.mjs start/demo.ts --live`. tsx compiles file by file, in a thread that every import goes through: 1.2 s
// for the panel. Here esbuild (tsx's own compiler) writes all programs at once, 0.2 s when a source has changed and not at all otherwise, and they
// load in 0.3 s. Where nothing can be written (`node start/run.mjs` without a program writes it beforehand), tsx runs them as written.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const kept = join(project, 'node_modules', '.cache', 'carrinho');
const folders = ['api', 'daemon', 'shared', 'start', 'web'];
const programs = [
  'api/main.ts',
  'daemon/main.ts',
  'start/carrinho.ts',
  'start/demo.ts',
  'start/main.ts',
  // What tests and measurements start again and again; an image has none of them.
  'bench/bare-pages.ts',
  'bench/sync-worker.ts',
  'test/faults/worker.ts',
  'test/support/ticker.ts',
].filter((program) => existsSync(join(project, program)));
const oneWeekMs = 7 * 24 * 60 * 60 * 1000;

/** Every file that a program may be made of, and what says how. */
function listSources() {
  const files = folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  const sources = new Set([...programs, ...files.filter((file) => /(?<!\.test)\.tsx?$/.test(file))]);
  return [...[...sources].sort(), 'tsconfig.json', 'package.json'];
}

function hashSources() {
  // The addresses of the sources are in the programs: what was compiled elsewhere is not ours.
  const hash = createHash('sha256').update(project);
  for (const file of listSources()) hash.update(`${file}\0`).update(readFileSync(join(project, file)));
  return hash.digest('hex').slice(0, 16);
}

/** A module goes on reading the files beside its source. */
const sourceAddresses = {
  name: 'source-addresses',
  setup(build) {
    build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }));
  },
};

/** Writes the programs into `folder`; another process that does the same at once is no trouble. */
async function compile(folder) {
  const { build } = await import('esbuild');
  mkdirSync(kept, { recursive: true });
  const made = mkdtempSync(join(kept, 'new-'));
  await build({
    absWorkingDir: project,
    entryPoints: programs,
    outdir: made,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    plugins: [sourceAddresses],
    logLevel: 'warning',
  });
  chmodSync(made, 0o755);
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  // Others may still run from theirs.
  for (const name of readdirSync(kept)) {
    const old = join(kept, name);
    if (Date.now() - statSync(old).mtimeMs > oneWeekMs) rmSync(old, { recursive: true, force: true });
  }
}

/** The folder of the compiled programs; null where they cannot be kept. */
async function findCompiled() {
  const folder = join(kept, hashSources());
  if (existsSync(folder)) return folder;
  try {
    await compile(folder);
    return folder;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return null;
    // esbuild has printed what is wrong.
    if (error.errors) process.exit(1);
    throw error;
  }
}

const program = process.argv[2];
const compiled = await findCompiled();
if (program) {
  // The program sees itself as if it had been started by its own name.
  process.argv.splice(1, 2, join(project, program));
  if (compiled && programs.includes(program)) {
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(join(compiled, program.replace(/\.ts$/, '.mjs'))).href);
  } else {
    const { register } = await import('tsx/esm/api');
    register();
    await import(pathToFileURL(join(project, program)).href);
  }
}
