// The long form: runs the fault tests with large amounts, prints what was injected and what came of it as a table, and writes it into
// docs/reliability.md between its two marks. Amounts are changed by FAULTS_KILLS, FAULTS_CUTS … (amounts.ts); the table tells what was really done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultLine } from './report.ts';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const begin = '<!-- figures: npm run test:faults -->';
const end = '<!-- end of figures -->';

const startedAt = new Date();
const reportFile = join(mkdtempSync(join(tmpdir(), 'cel-faults-')), 'report');
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(process.execPath, [vitest, 'run', '--project', 'integration', 'test/faults'], {
  env: { ...process.env, FAULTS: process.env.FAULTS ?? 'long', FAULTS_REPORT: reportFile },
  stdio: 'inherit',
});
const [code] = (await once(child, 'exit')) as [number | null];

const lines = existsSync(reportFile)
  ? readFileSync(reportFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FaultLine)
      .sort((a, b) => a.fault.localeCompare(b.fault) || a.kind.localeCompare(b.kind))
  : [];
const table = [
  '| fault | kind | injected | records compared | lost | doubled | different |',
  '|---|---|--:|--:|--:|--:|--:|',
  ...lines.map(
    (line) =>
      `| ${line.fault} | ${line.kind} | ${line.injected} | ${line.compared} | ${line.lost} | ${line.doubled} | ${line.different} |`,
  ),
].join('\n');
const minutes = ((Date.now() - startedAt.getTime()) / 60_000).toFixed(1);
const summary = `Run of ${startedAt.toISOString().slice(0, 10)}, ${cpus().length} cores, ${minutes} minutes${code === 0 ? '' : '; SOME TESTS FAILED'}.`;
process.stdout.write(`\n${summary}\n\n${table}\n`);

if (code === 0) {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has lost its marks`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${summary}\n\n${table}\n${text.slice(to)}`);
}
process.exitCode = code ?? 1;
