// A real MariaDB, sshd, Caddy and PgBouncer without installing anything: those of PATH, else Debian's own packages, downloaded by apt-get and unpacked by
// dpkg into a cache of ours. Needed by the demo and the tests only; the product connects to servers that exist.
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDataDir } from '#shared/data-dir.ts';
import { AppError } from '#shared/errors.ts';
import { runProgram, serverUser } from './processes.ts';

export type ServerPrograms = {
  /** Where `bin`, `sbin`, `share` are: MariaDB's basedir. */
  usr: string;
  env: Record<string, string>;
};

class ServersMissingError extends AppError {
  readonly code = 'servers_missing';
  readonly retry = 'after-fix';
}

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where nobody may write beside the program (an image): with the data. */
function ownCache(): string {
  try {
    accessSync(project, constants.W_OK);
    return join(project, '.cache', 'servers');
  } catch {
    return join(process.env.DATA_DIR || defaultDataDir(), 'servers');
  }
}

/** Where the unpacked servers are. Root's must be reachable by `nobody`: a project under a private home is not. */
export const serverCache = serverUser ? '/var/lib/carrinho-e-leads/servers' : ownCache();

// MariaDB and sshd at once and into one folder: without the system's package lists, fetching lists of our own takes longer than all the rest.
const sets = {
  mariadb: {
    program: 'mariadbd',
    folder: 'debian',
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    install: 'apt-get install mariadb-server',
  },
  sshd: { program: 'sshd', folder: 'debian', packages: ['openssh-server'], install: 'apt-get install openssh-server' },
  caddy: { program: 'caddy', folder: 'caddy', packages: ['caddy'], install: 'apt-get install caddy' },
  pgbouncer: {
    program: 'pgbouncer',
    folder: 'pgbouncer',
    packages: ['pgbouncer'],
    install: 'apt-get install pgbouncer',
  },
} as const;

const unpacking = new Map<string, Promise<void>>();

/** The programs of MariaDB, OpenSSH, Caddy or PgBouncer; throws one sentence that says what to install when they cannot be had. */
export async function findServerPrograms(name: keyof typeof sets): Promise<ServerPrograms> {
  const { program, folder: own, install } = sets[name];
  const root = join(serverCache, own);
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    if (folder && existsSync(join(folder, program))) return { usr: dirname(folder), env: {} };
  }
  if (!existsSync(root)) {
    const packages = Object.values(sets).flatMap((set) => (set.folder === own ? set.packages : []));
    const unpacked = unpacking.get(own) ?? unpackPackages(packages, root);
    unpacking.set(own, unpacked);
    await unpacked.catch((cause: unknown) => {
      throw new ServersMissingError(
        `Não há ${program} nesta máquina e não consegui baixá-lo dos pacotes Debian. Instale com: ${install}`,
        { cause },
      );
    });
  }
  return { usr: join(root, 'usr'), env: libraryPath(root) };
}

/** What programs unpacked into `root` need to find their libraries. */
export function libraryPath(root: string): Record<string, string> {
  const libraries = [join(root, 'usr/lib'), join(root, 'lib')].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((entry) => entry.endsWith('-linux-gnu'))
          .map((entry) => join(folder, entry))
      : [],
  );
  return { LD_LIBRARY_PATH: libraries.join(':') };
}

/** Downloads Debian packages with their libraries and unpacks them into `root`, which appears whole or not at all. */
export async function unpackPackages(packages: readonly string[], root: string): Promise<void> {
  mkdirSync(dirname(root), { recursive: true, mode: 0o755 });
  const work = mkdtempSync(`${root}.`);
  try {
    const apt = await aptOptions(work, packages[0]!);
    const names = await withLibraries(apt, packages);
    // apt-get download writes into its working folder only.
    await runProgram('sh', ['-c', 'cd "$1" && shift && exec apt-get "$@"', 'sh', work, ...apt, 'download', ...names], {
      asRoot: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    const unpacked = join(work, 'root');
    for (const file of readdirSync(work).filter((entry) => entry.endsWith('.deb')))
      await runProgram('dpkg', ['-x', join(work, file), unpacked], { asRoot: true });
    // Whoever renames first wins; the other's copy is the same.
    try {
      renameSync(unpacked, root);
    } catch {
      if (!existsSync(root)) throw new Error(`${root} não pôde ser criado`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The system's package lists where they are there; else lists of our own, which any user may fetch. */
async function aptOptions(work: string, aPackage: string): Promise<string[]> {
  const quiet = ['-qq', '-o', 'APT::Sandbox::User=root'];
  const known = await runProgram('apt-cache', ['show', '--no-all-versions', aPackage], { asRoot: true }).catch(
    () => '',
  );
  if (known.includes('Filename:')) return quiet;
  const own = [
    ...quiet,
    '-o',
    `Dir::State=${work}/state`,
    '-o',
    `Dir::Cache=${work}/cache`,
    '-o',
    'Dir::State::status=/var/lib/dpkg/status',
  ];
  mkdirSync(join(work, 'state/lists/partial'), { recursive: true });
  mkdirSync(join(work, 'cache/archives/partial'), { recursive: true });
  await runProgram('apt-get', [...own, 'update'], { asRoot: true });
  return own;
}

/** The packages and the libraries below them, without the C library: its loader and it must be the system's. */
async function withLibraries(apt: string[], packages: readonly string[]): Promise<string[]> {
  const options = apt.filter((_, index) => index > 0);
  const listed = await runProgram(
    'apt-cache',
    [
      ...options,
      'depends',
      '--recurse',
      '--no-recommends',
      '--no-suggests',
      '--no-conflicts',
      '--no-breaks',
      '--no-replaces',
      '--no-enhances',
      ...packages,
    ],
    { asRoot: true },
  );
  const libraries = listed
    .split('\n')
    .filter(
      (line) =>
        /^lib[a-z0-9.+-]+$/.test(line) &&
        !/^(libc6|libgcc-s1|libstdc\+\+6|libelogind0|libpam-|libc-(?!ares)|libllvm)/.test(line),
    );
  const direct = await directLibraries(options, packages);
  return [...packages, ...libraries.filter((library) => direct.has(library))];
}

/** Names of the libraries that the packages themselves depend on, and those that these depend on. */
async function directLibraries(options: string[], packages: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  let level = [...packages];
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    const text = await runProgram('apt-cache', [...options, 'depends', '--no-recommends', '--no-suggests', ...level], {
      asRoot: true,
    });
    level = [...text.matchAll(/(?:Pre)?Depends: (lib[a-z0-9.+-]+)/g)]
      .map((match) => match[1]!)
      .filter((name) => !found.has(name));
    for (const name of level) found.add(name);
  }
  return found;
}
