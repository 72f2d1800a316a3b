// What a verb of the command line is: its Portuguese options, its help and what it does. One file a verb in this folder; cli.ts lists them.
import { parseArgs } from 'node:util';
import type { Config } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import type { TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Pool } from '../db.ts';
import type { Output } from './output.ts';

export type OptionSpec = {
  /** What stands after `=` in the help; absent for a switch. */
  value?: string;
  help: string;
  /** Other spellings: the original system's names. */
  aliases?: string[];
};

export type CommandContext = {
  options: Record<string, string | undefined>;
  /** Whether a switch was given. */
  has(option: string): boolean;
  positionals: string[];
  output: Output;
  config: Config;
  pool: Pool;
  log: Log;
  /** The instant at which the command was given. */
  now: Date;
  /** Ends with exit code 1 although everything was printed: what was looked at is not in order. */
  fail(): void;
};

export type Command = {
  name: string;
  summary: string;
  positionals?: string;
  options: Record<string, OptionSpec>;
  examples: string[];
  /** Whether it may run on a database that is behind: only `migrar`. */
  runsOnAnySchema?: boolean;
  run(context: CommandContext): Promise<void>;
};

/** A mistake in how the command was called: exit code 2, with the sentence and no stack. */
export class UsageError extends AppError {
  readonly code = 'usage';
  readonly retry = 'never';
}

/** What was asked for does not exist, or could not be done: exit code 1, with the sentence. */
export class CommandError extends AppError {
  readonly code = 'command_failed';
  readonly retry = 'after-fix';
}

const common: Record<string, OptionSpec> = {
  json: { help: 'saída em JSON' },
  ajuda: { help: 'mostra esta ajuda', aliases: ['help'] },
};

/** Reads `--opção=valor` and `--opção valor` by the command's own options. Throws UsageError for what it does not know. */
export function parseOptions(
  command: Command,
  args: string[],
): { options: Record<string, string | undefined>; switches: Set<string>; positionals: string[] } {
  const specs = { ...command.options, ...common };
  const canonical = new Map<string, string>();
  const config: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, spec] of Object.entries(specs)) {
    for (const spelling of [name, ...(spec.aliases ?? [])]) {
      canonical.set(spelling, name);
      config[spelling] = { type: spec.value ? 'string' : 'boolean' };
    }
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options: config, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError(portugueseParseError(cause as Error & { code?: string }), { cause });
  }
  if (parsed.positionals.length > 0 && !command.positionals) {
    throw new UsageError(`"${parsed.positionals[0]}" sobrou: "${command.name}" não recebe argumentos soltos.`);
  }
  const options: Record<string, string | undefined> = {};
  const switches = new Set<string>();
  for (const [spelling, value] of Object.entries(parsed.values)) {
    const name = canonical.get(spelling)!;
    if (typeof value === 'string') options[name] = value;
    else if (value) switches.add(name);
  }
  return { options, switches, positionals: parsed.positionals };
}

function portugueseParseError(error: Error & { code?: string }): string {
  const option = /'(--?[^' =]+)/.exec(error.message)?.[1] ?? '';
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `Opção desconhecida: ${option}.`;
  if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return error.message.includes('does not take')
      ? `A opção ${option} não recebe valor.`
      : `A opção ${option} precisa de um valor: ${option}=…`;
  }
  return error.message;
}

/** The option's value; UsageError when it is missing. */
export function required(context: CommandContext, option: string): string {
  const value = context.options[option];
  if (value === undefined || value === '') throw new UsageError(`Falta a opção --${option}.`);
  return value;
}

/** The value as a whole number inside [min, max]; undefined when the option was not given. */
export function integerOption(
  context: CommandContext,
  option: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  const text = context.options[option];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${option} deve ser um número inteiro de ${min} a ${max}; recebido: "${text}".`);
  }
  return value;
}

/** The value when it is one of `choices`; undefined when the option was not given. */
export function choiceOption<T extends string>(
  context: CommandContext,
  option: string,
  choices: readonly T[],
): T | undefined {
  const text = context.options[option];
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (!found) throw new UsageError(`--${option} deve ser um destes: ${choices.join(', ')}; recebido: "${text}".`);
  return found;
}

export type TenantRow = {
  id: TenantId;
  slug: string;
  name: string;
  timeZone: string;
  currency: string;
  suspendedAt: Date | null;
};

/** For verbs about one company. */
export const companyOptions: Record<string, OptionSpec> = { empresa: { value: 'SLUG', help: 'a empresa' } };

/** The company of `--empresa`; CommandError when there is none with that slug. */
export async function tenantOption(context: CommandContext): Promise<TenantRow> {
  const slug = required(context, 'empresa');
  const { rows } = await context.pool.query<TenantRow>(
    `select id, slug, name, reporting_time_zone as "timeZone", currency, suspended_at as "suspendedAt" from tenants where slug = $1`,
    [slug],
  );
  if (!rows[0]) throw new CommandError(`Não há empresa "${slug}". Veja "carrinho empresa listar".`);
  return rows[0];
}

/** The help text of one command. */
export function commandHelp(command: Command): string {
  const specs = { ...command.options, ...common };
  const labels = Object.entries(specs).map(
    ([name, spec]) => [`--${name}${spec.value ? `=${spec.value}` : ''}`, spec] as const,
  );
  const width = Math.min(34, Math.max(...labels.map(([label]) => label.length)));
  const lines = labels.map(([label, spec]) => {
    const also = spec.aliases?.length ? ` (também ${spec.aliases.map((alias) => `--${alias}`).join(', ')})` : '';
    return label.length > width
      ? `  ${label}\n  ${' '.repeat(width)}  ${spec.help}${also}`
      : `  ${label.padEnd(width)}  ${spec.help}${also}`;
  });
  const usage = `carrinho ${command.name}${command.positionals ? ` ${command.positionals}` : ''} [opções]`;
  return `${command.summary}\n\nUso: ${usage}\n\nOpções:\n${lines.join('\n')}\n\nExemplos:\n${command.examples.map((example) => `  ${example}`).join('\n')}\n`;
}
