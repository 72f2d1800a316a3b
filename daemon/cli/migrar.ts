// `migrar`: brings the database to this version; `--esquema` writes the schema dump that CI compares.

import { findMissing, migrate } from '../migrate.ts';
import { dumpSchema } from '../schema-dump.ts';
import { type Command, CommandError } from './command.ts';

export const migrateCommand: Command = {
  name: 'migrar',
  summary: 'Cria ou atualiza o banco de dados desta instalação',
  options: {
    faltam: { help: 'só diz que migrações faltam, e se a versão anterior do programa para de funcionar com elas' },
    esquema: { help: 'imprime o esquema do banco (o conteúdo de sql/schema.sql)' },
  },
  examples: ['carrinho migrar', 'carrinho migrar --faltam', 'carrinho migrar --esquema > sql/schema.sql'],
  runsOnAnySchema: true,
  async run({ config, has, output, pool }) {
    if (!config.databaseUrl) throw new CommandError('Migrar precisa do dono do banco: defina DATABASE_URL.');
    if (has('faltam')) {
      const missing = await findMissing(pool);
      const names = missing.map(({ name }) => name);
      const stopsFormer = missing.some((migration) => migration.stopsFormer);
      output.result({ missing: names, stopsFormer }, () => {
        output.line(names.length === 0 ? 'Nenhuma migração falta.' : `Faltam: ${names.join(', ')}.`);
        if (stopsFormer) output.line('A versão anterior não funciona com elas.');
      });
      return;
    }
    const applied = await migrate(config.databaseUrl);
    if (has('esquema')) {
      output.line((await dumpSchema(pool)).trimEnd());
      return;
    }
    output.result({ applied }, () => {
      output.line(
        applied.length === 0 ? 'O banco já está nesta versão.' : `Migrações aplicadas: ${applied.join(', ')}.`,
      );
    });
  },
};
