// What every bench of the sync shares: its options, several runs in turn, medians, how unquiet the machine was, and the lines and figures it ends with.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

export type Demand = { text: string; isMet: boolean };
export type Figures = { [name: string]: number | number[] | { [name: string]: number } };

/** What a bench found. `row` is its line of docs/performance.md, without the command. */
export type Result = { figures: Figures; demands: Demand[]; row: string };

export type Bench = {
  /** What it measures, in one sentence. */
  about: string;
  /** Number options and what they are when not told. */
  options: { [name: string]: { value: number; help: string } };
  /** `folder`: where --pasta keeps what the run makes, for the next; null: nothing is kept. */
  measure(options: { [name: string]: number }, say: (text: string) => void, folder: string | null): Promise<Result>;
  /** Has it --pasta? */
  canKeep?: boolean;
};

/** The lines of docs/performance.md that this process has measured. */
export const measuredRows: string[] = [];

/** `bench` as a command: exit code 1 when a demand is not met. */
export function defineBench(name: string, bench: Bench) {
  const help = `${bench.about}

Uso: npm run bench -- ${name} [opções]

${Object.entries(bench.options)
  .map(([option, { value, help: text }]) => `  --${option}=${value}`.padEnd(22) + text)
  .join('\n')}${bench.canKeep ? '\n  --pasta=PASTA       guarda o banco gerado ali e o usa de novo (muitos GB)' : ''}
  --json=ARQUIVO      o resultado como JSON

Exemplo:
  npm run bench -- ${name} ${Object.entries(bench.options)
    .map(([option, { value }]) => `--${option}=${value}`)
    .slice(0, 1)
    .join(' ')} --json=/tmp/${name}.json
`;
  async function run(args: string[]): Promise<number> {
    const { values } = parseArgs({
      args,
      options: {
        ...Object.fromEntries(Object.keys(bench.options).map((option) => [option, { type: 'string' as const }])),
        ...(bench.canKeep && { pasta: { type: 'string' as const } }),
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const given = Object.fromEntries(
      Object.entries(bench.options).map(([option, { value }]) => [
        option,
        Number((values as Record<string, string | boolean>)[option] ?? value),
      ]),
    );
    if (!Object.values(given).every((value) => Number.isSafeInteger(value) && value >= 0)) {
      process.stderr.write('As opções são números inteiros.\n');
      return 2;
    }
    const startedAt = performance.now();
    const say = (text: string) => process.stdout.write(`${text}\n`);
    const { pasta } = values as { pasta?: string };
    const result = await bench.measure(given, say, pasta ?? null);
    for (const { text, isMet } of result.demands) say(`${isMet ? '✓' : '✗'} ${text}`);
    const row = `| \`${name}\` | ${result.row} |`;
    measuredRows.push(row);
    say(row);
    say(`(${cpus().length} processadores, ${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
    if (values.json)
      writeFileSync(String(values.json), `${JSON.stringify({ name, options: given, ...result }, null, 2)}\n`);
    return result.demands.every(({ isMet }) => isMet) ? 0 : 1;
  }
  return { run };
}

/** Runs all of `works` in turn, `times` times: what disturbs the machine disturbs each of them. */
export async function inTurn<T>(
  times: number,
  works: { [name: string]: () => Promise<T> },
): Promise<{ [name: string]: T[] }> {
  const results: { [name: string]: T[] } = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < times; round++)
    for (const [name, work] of Object.entries(works)) results[name]!.push(await work());
  return results;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The same sums again and again: how far their times lie apart tells what else the machine did. */
export class Noise {
  readonly #times: number[] = [];

  constructor() {
    for (let round = 0; round < 3; round++) this.#calculate(); // until it is compiled for good
  }

  sample(): void {
    const startedAt = performance.now();
    this.#calculate();
    this.#times.push(performance.now() - startedAt);
  }

  #calculate(): void {
    let sum = 0;
    for (let index = 0; index < 50_000_000; index++) sum = Math.imul(sum + index, 31);
    if (sum === 0.5) throw new Error('unreachable');
  }

  /** `ruído 3 %`: the slowest beside the fastest. */
  text(): string {
    return `ruído ${percent(Math.max(...this.#times) / Math.min(...this.#times) - 1)}`;
  }
}

export const percent = (share: number) => `${decimal(share * 100, share < 0.1 ? 1 : 0)} %`;
export const decimal = (value: number, digits = 0) =>
  value.toLocaleString('pt-BR', { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const times = (value: number) => `${decimal(value, value < 10 ? 2 : 0)} ×`;
