// `migrar`: brings the database to this version; `--esquema` writes the schema dump that CI compares.

import { migrate } from '../migrate.ts';
import { dumpSchema } from '../schema-dump.ts';
import { type Command, CommandError } from './command.ts';

export const migrateCommand: Command = {
  name: 'migrar',
  summary: 'Cria ou atualiza o banco de dados desta instalação',
  options: { esquema: { help: 'imprime o esquema do banco (o conteúdo de sql/schema.sql)' } },
  examples: ['carrinho migrar', 'carrinho migrar --esquema > sql/schema.sql'],
  runsOnAnySchema: true,
  async run({ config, has, output, pool }) {
    if (!config.databaseUrl) throw new CommandError('Migrar precisa do dono do banco: defina DATABASE_URL.');
    const applied = await migrate(config.databaseUrl);
    if (has('esquema')) {
      process.stdout.write(await dumpSchema(pool));
      return;
    }
    output.result({ applied }, () => {
      output.line(
        applied.length === 0 ? 'O banco já está nesta versão.' : `Migrações aplicadas: ${applied.join(', ')}.`,
      );
    });
  },
};
