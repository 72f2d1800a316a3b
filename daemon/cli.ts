// The command line `carrinho`: finds the verb, reads its options, opens the database and runs it. The database is DATABASE_URL's
// (start/carrinho.ts sets it to the embedded one when it is not given). Exit codes: 0 done, 1 failed, 2 wrongly called.
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { createLog } from '#shared/log.ts';
import { findShopMessage } from '#shared/shop-messages.ts';
import { backupCommands } from './cli/backup.ts';
import { cartCommands } from './cli/carrinho.ts';
import { keyCommands } from './cli/chave.ts';
import { type Command, type CommandContext, commandHelp, parseOptions, UsageError } from './cli/command.ts';
import { compareCommand } from './cli/conferir.ts';
import { contactCommands } from './cli/contato.ts';
import { tenantCommands } from './cli/empresa.ts';
import { statusCommand } from './cli/estado.ts';
import { exportCommand } from './cli/exportar.ts';
import { importCommand } from './cli/importar.ts';
import { lgpdCommands } from './cli/lgpd.ts';
import { listCommand } from './cli/listar.ts';
import { siteCommands } from './cli/loja.ts';
import { migrateCommand } from './cli/migrar.ts';
import { takeOverCommand } from './cli/migrar-original.ts';
import { showPersonCommand } from './cli/mostrar-pessoa.ts';
import { optOutCommands } from './cli/nao-contatar.ts';
import { remarkCommands } from './cli/nota.ts';
import { createOutput } from './cli/output.ts';
import { personCommands } from './cli/pessoa.ts';
import { quarantineCommands } from './cli/quarentena.ts';
import { recomputeCommand } from './cli/recalcular.ts';
import { backfillCommands } from './cli/reprocessos.ts';
import { summaryCommand } from './cli/resumo.ts';
import { rotateCommand } from './cli/segredo-girar.ts';
import { userCommands } from './cli/usuario.ts';
import { createPool } from './db.ts';
import { checkSchema } from './migrate.ts';

/** Every verb. */
export const commands: readonly Command[] = [
  migrateCommand,
  takeOverCommand,
  ...tenantCommands,
  ...siteCommands,
  ...userCommands,
  ...backfillCommands,
  importCommand,
  recomputeCommand,
  listCommand,
  exportCommand,
  summaryCommand,
  compareCommand,
  ...quarantineCommands,
  ...cartCommands,
  ...keyCommands,
  ...personCommands,
  showPersonCommand,
  ...contactCommands,
  ...optOutCommands,
  ...lgpdCommands,
  ...remarkCommands,
  statusCommand,
  ...backupCommands,
  rotateCommand,
];

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return `carrinho: carrinhos abandonados e leads de lojas WooCommerce

Uso: carrinho <comando> [opções]      carrinho <comando> --ajuda

Comandos:
${commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`).join('\n')}
`;
}

/** Runs one command; gives the exit code. Never throws. What it prints goes to `stdout`. */
export async function runCli(
  args: string[],
  { env = process.env, stdout = process.stdout }: { env?: NodeJS.ProcessEnv; stdout?: Writable } = {},
): Promise<number> {
  const isJson = args.includes('--json');
  try {
    const [first] = args;
    if (first === undefined || ['--ajuda', '--help', '-h', 'ajuda'].includes(first)) {
      stdout.write(overview());
      return first === undefined ? 2 : 0;
    }
    const command = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
    if (!command) {
      const related = commands.filter(({ name }) => name.split(' ')[0] === first).map(({ name }) => name);
      throw new UsageError(
        related.length > 0
          ? `Falta dizer o que fazer: ${related.join(', ')}.`
          : `Comando desconhecido: "${first}". Veja "carrinho --ajuda".`,
      );
    }
    const { options, switches, positionals } = parseOptions(command, args.slice(command.name.split(' ').length));
    if (switches.has('ajuda')) {
      stdout.write(commandHelp(command));
      return 0;
    }
    const config = loadConfig(env);
    const pool = createPool({
      url: config.daemonDatabaseUrl ?? config.databaseUrl!,
      role: config.daemonDatabaseUrl ? null : 'carrinho_daemon',
      name: 'carrinho-cli',
      max: 4,
    });
    try {
      if (!command.runsOnAnySchema) await checkSchema(pool);
      let exitCode = 0;
      const context: CommandContext = {
        options,
        has: (option) => switches.has(option),
        positionals,
        output: createOutput({ isJson, stdout }),
        config,
        pool,
        log: createLog(),
        now: new Date(),
        fail() {
          exitCode = 1;
        },
      };
      await command.run(context);
      return exitCode;
    } finally {
      await pool.end();
    }
  } catch (error) {
    return reportFailure(error, { isJson, stdout });
  }
}

function reportFailure(error: unknown, { isJson, stdout }: { isJson: boolean; stdout: Writable }): number {
  const { sentence, code } = explain(error);
  if (isJson) stdout.write(`${JSON.stringify({ error: code, message: sentence })}\n`);
  else process.stderr.write(`${sentence}\n`);
  return error instanceof UsageError ? 2 : 1;
}

function explain(error: unknown): { sentence: string; code: string } {
  if (error instanceof AppError) {
    const message = findShopMessage(error.code, error.facts);
    return { sentence: message ? `${message.sentence} ${message.remedy}` : error.message, code: error.code };
  }
  const { code, message } = error as { code?: string; message?: string };
  // 28P01 = invalid_password, 28000 = invalid_authorization_specification, 3D000 = invalid_catalog_name, 53100 = disk_full
  if (code === '28P01' || code === '28000')
    return { sentence: 'O banco recusou o usuário ou a senha. Confira DATABASE_URL.', code: 'database_login_refused' };
  if (code === '3D000') return { sentence: 'O banco de DATABASE_URL não existe.', code: 'database_missing' };
  if (code === '53100')
    return { sentence: 'O disco do banco está cheio. Libere espaço e tente de novo.', code: 'database_full' };
  if (code === 'ECONNREFUSED' || code === 'ENOENT')
    return {
      sentence: `O banco de dados não respondeu (${code}). Ele está no ar? Confira DATABASE_URL.`,
      code: 'database_unreachable',
    };
  return { sentence: `Erro inesperado: ${message ?? String(error)}`, code: 'unexpected' };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await runCli(process.argv.slice(2));
