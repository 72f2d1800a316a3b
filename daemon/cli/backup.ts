// `backup criar|listar|restaurar`: the whole installation in one file, and back (docs/backup.md).

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseKeep } from '#shared/backup-keep.ts';
import { AppError } from '#shared/errors.ts';
import { openSecretBox, secretKeyPath } from '#shared/secrets.ts';
import { listBackups } from '../backup/create.ts';
import { erasuresPath, findErasures, keepErasures } from '../backup/erasures.ts';
import type { Manifest } from '../backup/file.ts';
import { restoreBackup } from '../backup/restore.ts';
import { makeBackup } from '../backup/scheduled.ts';
import { type ErasureFile, reapplyErasures } from '../erasure/reapply.ts';
import { type Command, type CommandContext, CommandError, UsageError } from './command.ts';

const pasta = { value: 'PASTA', help: 'onde ficam os backups; sem isto BACKUP_DIR, ou a pasta backups de DATA_DIR' };

const folderOption = ({ options, config }: CommandContext) =>
  options.pasta ?? config.backup.folder ?? join(config.dataDir, 'backups');

function ownerUrl({ config }: CommandContext): string {
  if (!config.databaseUrl)
    throw new CommandError('Backup e restauração precisam do dono do banco: defina DATABASE_URL.');
  return config.databaseUrl;
}

const create: Command = {
  name: 'backup criar',
  summary: 'Grava um backup de todas as empresas num arquivo, com tudo em uso',
  options: {
    pasta,
    manter: { value: '7d4s6m', help: 'depois apaga da pasta o que passa dos últimos dias, semanas e meses' },
  },
  examples: ['carrinho backup criar', 'carrinho backup criar --pasta=/mnt/backups --manter=7d4s6m --json'],
  runsOnAnySchema: true,
  async run(context) {
    const { options, output, pool, now, log } = context;
    const keep = options.manter === undefined ? null : parseKeep(options.manter);
    if (options.manter !== undefined && keep === null)
      throw new UsageError('--manter deve ser como 7d4s6m: os últimos 7 dias, 4 semanas e 6 meses.');
    const folder = folderOption(context);
    const backup = await makeBackup(pool, { folder, keep, url: ownerUrl(context) }, { now, log });
    await keepErasures(pool, folder, now).catch((error: { code?: string }) => {
      // Of a database from before there were erasures.
      if (error.code !== '42P01') throw error;
    });
    output.result(backup, () => {
      output.line(`${backup.path}: ${backup.rowCount} linhas, ${megabytes(backup.byteCount)}.`);
      if (backup.removed.length > 0) output.line(`Backups antigos apagados: ${backup.removed.length}.`);
      output.line('As senhas das lojas estão cifradas nele: guarde a chave (SECRET_KEY) em outro lugar.');
    });
  },
};

const list: Command = {
  name: 'backup listar',
  summary: 'Lista os backups de uma pasta',
  options: { pasta },
  examples: ['carrinho backup listar', 'carrinho backup listar --pasta=/mnt/backups --json'],
  runsOnAnySchema: true,
  async run(context) {
    const backups = await listBackups(folderOption(context));
    context.output.table(backups, {
      arquivo: (row) => row.path,
      'feito em': (row) => row.madeAt.toISOString(),
      versão: (row) => row.version,
      linhas: (row) => (row.isDamaged ? null : row.rowCount),
      tamanho: (row) => (row.isDamaged ? 'cortado ou alterado' : megabytes(row.byteCount)),
    });
  },
};

const restore: Command = {
  name: 'backup restaurar',
  summary: 'Restaura um backup num banco vazio, confere cada tabela e elimina de novo quem foi eliminado depois dele',
  positionals: 'ARQUIVO',
  options: {
    eliminacoes: {
      value: 'ARQUIVO',
      help: 'o que foi eliminado (LGPD) depois do backup; padrão: eliminacoes.json ao lado dele',
    },
    'como-era': {
      help: 'sem as migrações e as eliminações de depois: para voltar à versão do programa que o fez, logo depois de uma atualização',
    },
    substituir: { help: 'no lugar do que há no banco, que se perde; com daemon e API parados' },
  },
  examples: [
    'carrinho backup restaurar /mnt/backups/carrinho-2026-11-28T043000Z.gz',
    'carrinho backup restaurar /mnt/backups/carrinho-2026-11-28T043000Z.gz --substituir',
  ],
  runsOnAnySchema: true,
  async run(context) {
    const { options, output, positionals } = context;
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new UsageError('Diga um arquivo de backup.');
    const erasures = options.eliminacoes ?? erasuresPath(dirname(path));
    // Read first: a wrong file is found before anything is done.
    const found = context.has('como-era') ? null : await findErasures(erasures);
    if (!found && options.eliminacoes !== undefined) throw new CommandError(`${erasures} não existe.`);
    const { manifest, migrated } = await restoreBackup({
      url: ownerUrl(context),
      path,
      isReplacing: context.has('substituir'),
      isAsItWas: context.has('como-era'),
    });
    const erased = found ? await eraseAgain(context, found, erasures) : 0;
    const rowCount = manifest.tables.reduce((sum, part) => sum + part.rowCount, 0);
    const missingKeys = await listMissingKeys(context, manifest);
    output.result(
      { madeAt: manifest.madeAt, version: manifest.version, rowCount, migrated, erased, missingKeys },
      () => {
        output.line(`Restaurado o backup de ${manifest.madeAt}: ${rowCount} linhas, todas as tabelas conferem.`);
        if (migrated.length > 0) output.line(`Migrações aplicadas depois: ${migrated.join(', ')}.`);
        if (erased > 0)
          output.line(`Eliminados de novo (LGPD): ${erased === 1 ? '1 registro' : `${erased} registros`}.`);
        if (missingKeys.length > 0)
          output.line(
            `As senhas das lojas foram cifradas com outra chave (${missingKeys.join(', ')}): ponha-a em SECRET_KEY antes de iniciar.`,
          );
      },
    );
  },
};

/** Gives how many records. The data are back by now, so whoever restores must hear that they may not be used yet. */
async function eraseAgain(context: CommandContext, file: ErasureFile, path: string): Promise<number> {
  try {
    const box = await openSecretBox(context.config);
    const companies = await reapplyErasures(context.pool, box, file, context.now);
    return companies.reduce((sum, { records }) => sum + records, 0);
  } catch (cause) {
    const why = cause instanceof AppError ? cause.code : String(cause);
    throw new CommandError(
      `O banco foi restaurado, mas as eliminações de ${path} não foram reaplicadas (${why}). Corrija e rode "carrinho lgpd reaplicar ${path}" antes de iniciar.`,
      { cause },
    );
  }
}

/** Keys that sealed something in the backup and are not this installation's. */
async function listMissingKeys({ config }: CommandContext, { keyIds }: Manifest): Promise<string[]> {
  const hasKey = config.secretKey ?? config.secretKeyFile ?? existsSync(secretKeyPath(config.dataDir));
  if (!hasKey) return keyIds;
  const box = await openSecretBox(config);
  return keyIds.filter((keyId) => keyId !== box.keyId && keyId !== box.oldKeyId);
}

const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1).replace('.', ',')} MB`;

export const backupCommands = [create, list, restore];
