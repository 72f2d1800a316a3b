// `npm run test:install`: what is shipped, installed as on a server and started there. A copy of this tree gets its packages from the registry, no
// more than production's (`npm ci --omit=dev`), belongs to root and is written by nobody; an unprivileged user starts it with `npm start` and then
// with `npm run demo`, opens a page of each, and types what docs/recovery.md tells to type. Ten minutes on a slow network; root makes it strict.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findServerPrograms, serverCache } from '../start/debian-servers.ts';
import { freePort, isPortFree, makeServerFolder, serverUser } from '../start/processes.ts';
import { readDocs, wordsOf } from './support/docs-commands.ts';

const project = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cel-install-'));
const app = join(folder, 'app');
const data = join(folder, 'data');
const say = (text: string) => console.log(text);

/** The tree as git would give it, with what is not committed yet. */
function copyTree(): void {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0').filter((name) => name && existsSync(join(project, name))))
    cpSync(join(project, path), join(app, path));
}

const env = {
  PATH: process.env.PATH,
  HOME: folder,
  LC_ALL: 'C.UTF-8',
  NODE_ENV: 'production',
  DATA_DIR: data,
  npm_config_update_notifier: 'false',
};

/** Runs to the end; throws with what it printed when it fails. */
function run(command: string, args: string[], more: object = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: app, env, encoding: 'utf8', ...more });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

type Program = { child: ChildProcess; output: () => string };

function start(command: string, args: string[], settings: Record<string, string>): Program {
  // In a group of its own, to be ended as Ctrl+C in a terminal ends it.
  const child = spawn(command, args, {
    cwd: app,
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...serverUser,
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += chunk));
  return { child, output: () => output };
}

/** Waits for what the program must print. */
async function untilPrints({ child, output }: Program, pattern: RegExp): Promise<RegExpExecArray> {
  for (let waited = 0; waited < 600; waited++) {
    const found = pattern.exec(output());
    if (found) return found;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`never printed ${pattern}:\n${output()}`);
}

/** As Ctrl+C does: npm goes at once, the program within ten seconds. */
async function end({ child, output }: Program, port: string): Promise<void> {
  if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
  for (let waited = 0; waited < 40; waited++) {
    if (await isPortFree(Number(port))) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`did not stop:\n${output()}`);
}

/** Looks at what the program serves while it runs; then ends it. */
async function during(program: Program, port: string, work: () => Promise<void>): Promise<void> {
  const failed = await work().then(
    () => null,
    (error: unknown) => error,
  );
  await end(program, port).catch((error: unknown) => console.error(error));
  if (failed) throw failed;
}

/** The daemon may still be starting when the panel is there. */
async function untilAnswers(url: string): Promise<void> {
  for (let waited = 0; waited < 120; waited++) {
    if ((await fetch(url).catch(() => null))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${url} never answered`);
}

async function open(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

/** The page behind the link, and the first style sheet that it names. */
async function look(link: string): Promise<void> {
  const page = await open(link);
  const style = /<link rel="stylesheet" href="([^"]+)"/.exec(page);
  if (!style) throw new Error(`no style sheet in ${page.slice(0, 1000)}`);
  await open(new URL(style[1]!, link).href);
}

async function main(): Promise<void> {
  say(`In ${folder}: npm ci --omit=dev`);
  makeServerFolder(folder);
  mkdirSync(app);
  copyTree();
  run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund']);
  const outside = JSON.parse(run('npm', ['ls', '--all', '--json', '--omit=dev'])) as { problems?: string[] };
  if (outside.problems) throw new Error(outside.problems.join('\n'));
  // The image compiles here too: who runs it cannot write.
  run('node', ['start/run.mjs']);
  mkdirSync(data, { mode: 0o700 });
  makeServerFolder(data);
  run('chmod', ['-R', 'a-w,a+rX', app]);

  say('npm start');
  const ports = { PORT: String(await freePort()), STATUS_PORT: String(await freePort()) };
  const own = start('npm', ['start'], ports);
  await during(own, ports.PORT, async () => {
    const [, link] = await untilPrints(own, /Este link cria o proprietário .*: (\S+)/);
    await look(link!);
    await untilAnswers(`http://127.0.0.1:${ports.STATUS_PORT}/health`);
    say(run('node', ['bin/carrinho.mjs', 'estado'], serverUser ?? {}));
  });

  say('npm run demo');
  // The servers of the shops, which the demo's image has: unpacked by root, found with the data.
  await Promise.all([findServerPrograms('mariadb'), findServerPrograms('sshd')]);
  if (serverUser && existsSync(serverCache)) symlinkSync(serverCache, join(data, 'servers'));
  const port = String(await freePort());
  const demo = start('npm', ['run', 'demo', '--', '--porta', port], {});
  await during(demo, port, async () => {
    const [, link] = await untilPrints(demo, /o link vale uma vez\): (\S+)/);
    await look(link!);
    await untilPrints(demo, /Primeira sincronização:[\s\S]*concluída[\s\S]*concluída/i);
    typeRecovery();
  });
}

/**
 * What docs/recovery.md tells to type, in its order. Lines that come out otherwise than they stand there are shown and no fault: the demo's dates, and what
 * follows of them, are those of the day.
 */
function typeRecovery(): void {
  const blocks = [...readDocs('docs/recovery.md').matchAll(/^```\n(\$ [\s\S]*?)^```/gm)].map((match) => match[1]!);
  const shape = (text: string) => text.replaceAll(/\d+/g, '0').replaceAll(/(links: )\w+/g, '$1…');
  for (const part of blocks.flatMap((block) => block.split(/^\$ npm run carrinho -- /m)).filter(Boolean)) {
    const [command, ...told] = part.trimEnd().split('\n');
    const answer = run('npm', ['run', '--silent', 'carrinho', '--', ...wordsOf(command!)], serverUser ?? {});
    say(`$ npm run carrinho -- ${command}\n${answer}`);
    for (const line of told)
      if (!/^(?:\.*|…?)$/.test(line) && !shape(answer).includes(shape(line)))
        say(`  the page has it otherwise: ${line}`);
  }
}

try {
  await main();
  say('Installed, started and opened.');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  if (process.exitCode)
    for (const name of ['api.log', 'daemon.log'])
      if (existsSync(join(data, 'demo-small', name)))
        say(readFileSync(join(data, 'demo-small', name), 'utf8').slice(-2000));
  rmSync(folder, { recursive: true, force: true });
}
