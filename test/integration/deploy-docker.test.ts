// deploy.sh on Docker Compose, without Docker: a stand-in keeps images and containers as files and remembers what it was asked. What the images hold is
// proven in image.test.ts; here is the order of things, and that a sick version goes away again.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const project = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cel-docker-'));
const at = (...parts: string[]) => join(folder, ...parts);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// images/<tag> holds the image's word, containers/<id> that of the image it was made of.
const docker = `#!/bin/sh
cd "$DOCKER_STATE"
echo "$*" >> asked
case "$*" in
  'compose version') ;;
  'image inspect '*) [ -f "images/\${3#*:}" ] ;;
  'build --tag '*) tar -xO word > "images/\${3#*:}" ;;
  'tag '*) cp "images/\${2#*:}" "images/\${3#*:}" ;;
  'image ls'*) ls images ;;
  'image rm'*) rm "images/\${3#*:}" ;;
  'compose ps '*api) ls containers ;;
  'compose up '*api=*)
    count=\${*##*api=}
    while [ "$(ls containers | wc -l)" -lt "\${count% api}" ]; do cp images/latest "$(mktemp containers/cXXXXXX)"; done ;;
  'inspect '*) case "$(cat "containers/$4")" in sick) echo unhealthy ;; *) echo healthy ;; esac ;;
  'stop '*) ;;
  'rm '*) rm "containers/$2" ;;
  'compose run '*cat*) cat > copied ;;
  'compose run '*'migrar --faltam --json') echo '{"missing":[],"stopsFormer":false}' ;;
esac
`;

const env = { PATH: `${at('bin')}:${process.env.PATH}`, DOCKER_STATE: at('state'), HOME: folder };
const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
const read = (...path: string[]) => readFileSync(at('state', ...path), 'utf8').trim();
const containers = () =>
  execFileSync('ls', [at('state/containers')], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((id) => read('containers', id));

function deploy(...args: string[]) {
  writeFileSync(at('state/asked'), '');
  const { status, stdout, stderr } = spawnSync(at('clone/deploy.sh'), args, {
    cwd: at('clone'),
    env,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr, asked: read('asked').split('\n') };
}

function publish(word: string): string {
  writeFileSync(at('origin/word'), word);
  git(at('origin'), 'add', '.');
  git(at('origin'), 'commit', '--quiet', '--message', word);
  return git(at('origin'), 'rev-parse', 'HEAD').trim();
}

beforeAll(() => {
  for (const path of ['bin', 'origin', 'state/images', 'state/containers']) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('bin/docker'), docker, { mode: 0o755 });
  for (const path of ['deploy.sh', 'deploy', '.gitignore'])
    cpSync(join(project, path), at('origin', path), { recursive: true });
  git(at('origin'), 'init', '--quiet', '--initial-branch=main');
  publish('first');
  git(folder, 'clone', '--quiet', at('origin'), 'clone');
});

test('up says what .env lacks; then builds this version, starts all of it and gives the first link', () => {
  expect(deploy('up')).toMatchObject({
    code: 1,
    output: expect.stringContaining('Falta no .env: DOMAIN POSTGRES_PASSWORD'),
  });
  writeFileSync(
    at('clone/.env'),
    'DOMAIN=carrinho.example.com\nPOSTGRES_PASSWORD=a&b\nDAEMON_DB_PASSWORD=$(x)\nAPI_DB_PASSWORD="c"\nDEPLOY_PATIENCE=1\n',
  );
  const { code, asked, output } = deploy('up');
  expect([code, output]).toEqual([0, 'No ar: https://carrinho.example.com\n']);
  expect(read('images/latest')).toBe('first');
  expect(asked.filter((line) => line.startsWith('compose'))).toEqual([
    'compose version',
    'compose up --detach --wait --wait-timeout 1 postgres',
    'compose run --rm carrinho migrar',
    'compose up --detach --no-build --wait --wait-timeout 1 --remove-orphans',
    'compose run --rm carrinho usuario link --primeiro',
  ]);
});

test('update puts new containers beside the old ones, which go when the new ones are healthy', () => {
  writeFileSync(at('state/containers/a1'), 'first');
  writeFileSync(at('state/containers/a2'), 'first');
  const next = publish('second');
  expect(deploy('update')).toMatchObject({
    code: 0,
    output: expect.stringContaining(`Versão ${next.slice(0, 10)} no ar.`),
  });
  expect(containers()).toEqual(['second', 'second']);
  expect(git(at('clone'), 'rev-parse', 'HEAD').trim()).toBe(next);
});

test('a version that does not become healthy goes away again, and the former one never went', () => {
  const former = git(at('clone'), 'rev-parse', 'HEAD').trim();
  publish('sick');
  const { code, output } = deploy('update');
  expect([code, output]).toEqual([1, expect.stringContaining(`A versão ${former.slice(0, 10)} está no ar de novo.`)]);
  expect(containers()).toEqual(['second', 'second']);
  expect(read('images/latest')).toBe('second');
  expect(git(at('clone'), 'rev-parse', 'HEAD').trim()).toBe(former);
});

test('restore brings the file into the volume through a pipe while nothing writes', () => {
  writeFileSync(at('b.gz'), 'backup');
  const { code, asked } = deploy('restore', at('b.gz'), '--substituir');
  expect(code).toBe(0);
  expect(asked.filter((line) => /stop|restaurar/.test(line))).toEqual([
    'compose stop api daemon',
    'compose run --rm carrinho backup restaurar /backups/b.gz --substituir',
  ]);
  expect(read('copied')).toBe('backup');
});

test('the other words of the documents are Compose’s own, or the command line in a container', () => {
  const cli = 'compose run --rm carrinho';
  for (const [words, asked] of [
    [['logs', 'daemon'], 'compose logs --follow --tail 200 daemon'],
    [['psql', '-c', 'vacuum analyze'], 'compose exec postgres psql --username carrinho carrinho -c vacuum analyze'],
    [['shell'], 'compose exec api sh'],
    [['stop'], 'compose stop'],
    [['migrate'], `${cli} migrar`],
    [['backup', '--manter=7d4s6m'], `${cli} backup criar --manter=7d4s6m`],
    [['status'], `${cli} estado`],
    [['user', '--email=ana@example.com'], `${cli} usuario criar --email=ana@example.com`],
    [['import', 'sol', '2026-01-01', '2026-01-31'], `${cli} importar --empresa=sol --de=2026-01-01 --ate=2026-01-31`],
  ] as const)
    expect([words, deploy(...words).asked.at(-1)]).toEqual([words, asked]);
});

test('what it does not know it says, with what there is', () => {
  expect(deploy('voa')).toMatchObject({ code: 1, output: expect.stringContaining('Comando desconhecido: voa') });
  expect(deploy('--help')).toMatchObject({ code: 0, output: expect.stringContaining('update') });
});
