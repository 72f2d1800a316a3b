// One run of a shop by the command line: another process may be reading the shop, then it waits for its turn.
import type { Engine } from '../sync/engine.ts';
import { type RunOptions, type RunResult, runSite } from '../sync/run.ts';
import { CommandError } from './command.ts';

const waitMs = 500;
const longestWaitMs = 15 * 60_000;

/** Runs the shop once it is free; CommandError when it has been busy for 15 minutes. */
export async function runUntilFree(engine: Engine, options: RunOptions): Promise<RunResult> {
  const deadline = Date.now() + longestWaitMs;
  for (;;) {
    const result = await runSite(engine, options);
    if (result) return result;
    if (Date.now() > deadline)
      throw new CommandError('Outro processo está lendo esta loja há mais de 15 minutos. Tente mais tarde.');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
