// What the documents say is there: every command and option, every file, every link and heading; and the runbook knows every alert and every error
// class, and no other.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { doctorCodes, doctorMessage } from '#shared/doctor-messages.ts';
import { runMessageCodes } from '#shared/run-messages.ts';
import { shopErrorCodes } from '#shared/shop-messages.ts';
import { parseOptions } from '../daemon/cli/command.ts';
import { commands } from '../daemon/cli.ts';
import { commandsOf, docsPages, readDocs, wordsOf } from '../test/support/docs-commands.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = readDocs;
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const deployVerbs = [...read('deploy.sh').matchAll(/^ {2}([a-z]+) .*/gm)].map((match) => match[1]!);

/** Throws when the command line would not take the words. */
function parseCli(words: string[]): void {
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  // `carrinho quarentena`: a group of verbs, told as one.
  if (!command && words.length === 1 && commands.some(({ name }) => name.startsWith(`${words[0]} `))) return;
  if (!command) throw new Error(`no such verb: carrinho ${words.join(' ')}`);
  parseOptions(command, words.slice(command.name.split(' ').length));
}

/** Throws when a word of the command is not known to who would run it. */
function checkCommand(command: string): void {
  const [first, second, third, ...rest] = wordsOf(command);
  const isVerb = second !== undefined && /^[a-z][a-z-]*$/.test(second);
  // A verb may be told without the program: `carrinho ajustar`.
  if (!isVerb || commands.some(({ name }) => name === command)) return;
  const words = third === undefined ? [] : [third, ...rest];
  if (first === 'carrinho') parseCli([second, ...words]);
  if (first === './deploy.sh') {
    if (second === 'carrinho') parseCli(words);
    else if (!deployVerbs.includes(second)) throw new Error('no such verb of deploy.sh');
    if (second === 'backup') parseCli(['backup', 'criar', ...words]);
    if (second === 'user') parseCli(['usuario', 'criar', ...words]);
  }
  if (first === 'npm') {
    const script = second === 'run' ? third! : second;
    if (!['ci', 'install', ...scripts].includes(script)) throw new Error('no such script');
    // `--demo` is taken away before (start/carrinho.ts).
    if (script === 'carrinho') parseCli(rest.slice(1).filter((word) => word !== '--demo'));
  }
}

test.each(docsPages)('%s names only commands, options, files and headings that exist', (page) => {
  const text = read(page);
  const faults: string[] = [];
  const { inBlocks, inline } = commandsOf(text);
  for (const command of [...inBlocks, ...inline]) {
    try {
      checkCommand(command);
    } catch (error) {
      faults.push(`${command}: ${(error as Error).message}`);
    }
  }
  // That page cites other projects' files.
  for (const [path] of (page === 'docs/wordpress.md' ? '' : text).matchAll(
    /(?<![\w/.-])(?:api|daemon|shared|start|test|web|sql|bench|deploy|docs)\/[\w./-]+\.(?:tsx?|mjs|sql|md|json|yml|sh)\b/g,
  ))
    if (!path.includes('NNNN') && !existsSync(join(root, path))) faults.push(`no file ${path}`);
  for (const match of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    const [path = '', anchor] = match[1]!.split('#');
    if (/^[a-z]+:/.test(path)) continue;
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) faults.push(`no file ${match[1]}`);
    else if (anchor && !anchorsOf(read(target)).includes(anchor)) faults.push(`no heading ${match[1]}`);
  }
  expect(faults).toEqual([]);
});

/** As GitHub names headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('the runbook has a heading for each alert rule, and no other', () => {
  const rules = [...read('deploy/prometheus/alerts.yml').matchAll(/- alert: (\w+)/g)].map((match) => match[1]!);
  const headings = [...read('docs/operating.md').matchAll(/^### (\w+)$/gm)].map((match) => match[1]!);
  expect(headings).toEqual(rules);
});

test('the runbook has a line for each error class, and no other', () => {
  const [codes] = read('docs/operating.md').split('## Linhas do registro');
  const told = [...codes!.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]!);
  expect(told.filter((code, index) => told.indexOf(code) !== index)).toEqual([]);
  expect(new Set(told)).toEqual(new Set(errorCodes()));
});

test('the runbook explains each warning and error of the log, and no other', () => {
  const [, part] = read('docs/operating.md').split('## Linhas do registro');
  const lines = [...part!.matchAll(/^\| (`.+?`) \|/gm)].flatMap((match) => match[1]!.replaceAll('`', '').split(', '));
  const logged = sources().flatMap((text) =>
    [...text.matchAll(/\.(?:warn|error)\('([a-z_.]+)'/g)].map((match) => match[1]!),
  );
  expect(new Set(lines)).toEqual(new Set(logged));
});

const sources = () =>
  ['api', 'daemon', 'shared', 'start'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => read(join(folder, name))),
  );

/** Every code that an error, a finding or an alert of ours can have. */
function errorCodes(): string[] {
  const classes = sources().flatMap((source) =>
    [...source.matchAll(/readonly code = '(\w+)'|new HttpError\(50\d, '(\w+)'/g)].map((match) => match[1] ?? match[2]!),
  );
  const ours = [...`${read('daemon/status.ts')}${read('daemon/cli.ts')}`.matchAll(/'(database_\w+)'/g)].map(
    (match) => match[1]!,
  );
  const attention = doctorCodes.filter((code) => doctorMessage(code).remedy !== 'Nada a fazer.');
  return [...classes, ...ours, ...shopErrorCodes, ...runMessageCodes, ...attention];
}
