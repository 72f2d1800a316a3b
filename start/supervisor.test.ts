import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLog } from '#shared/log.ts';
import { isAlive } from './processes.ts';
import { supervise } from './supervisor.ts';

const log = createLog(() => {});

const folder = mkdtempSync(join(tmpdir(), 'cel-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(body: string): { args: string[]; starts(): number } {
  const name = join(folder, crypto.randomUUID());
  const [file, count] = [`${name}.mjs`, `${name}.count`];
  writeFileSync(count, '');
  writeFileSync(
    file,
    `import { appendFileSync, writeFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(count)}, 'x');\n${body}`,
  );
  return { args: [file], starts: () => readFileSync(count, 'utf8').length };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('took too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a process that dies is started again, and stops when we stop', async () => {
  const child = script('setTimeout(() => process.exit(1), 50);');
  const supervisor = supervise([{ name: 'x', command: process.execPath, args: child.args }], { log });
  await until(() => child.starts() >= 3);
  await supervisor.stop();
  const starts = child.starts();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(child.starts()).toBe(starts);
});

test('a process that says that something must be mended is not started again', async () => {
  const child = script('process.exit(78);');
  const supervisor = supervise([{ name: 'x', command: process.execPath, args: child.args }], { log });
  expect(await supervisor.failed).toBe(78);
  await supervisor.stop();
  expect(child.starts()).toBe(1);
});

test('a process that does not end by itself is ended by force', async () => {
  const child = script(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`);
  const supervisor = supervise([{ name: 'x', command: process.execPath, args: child.args }], { log });
  await until(() => child.starts() === 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const startedAt = Date.now();
  await supervisor.stop(300);
  // Ended in order it would have had nine seconds.
  expect(Date.now() - startedAt).toBeLessThan(9000);
});

test('the children end when we are killed without a chance to stop them', async () => {
  const child = script(`writeFileSync(process.argv[2], String(process.pid));\nsetInterval(() => {}, 1000);`);
  const pidFile = `${child.args[0]}.pid`;
  const spec = { name: 'x', command: process.execPath, args: [...child.args, pidFile] };
  const parent = script(
    `import { supervise } from ${JSON.stringify(new URL('supervisor.ts', import.meta.url).href)};
     supervise([${JSON.stringify(spec)}], { log: { info() {}, warn() {}, error() {} } });`,
  );
  const supervising = spawn(process.execPath, ['--import', 'tsx', ...parent.args], { stdio: 'ignore' });
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  supervising.kill('SIGKILL');
  await until(() => !isAlive(pid));
});
