// `conferir --conteudo`: reads the whole shop again and compares every field of every row with the copy, in both directions. Writes nothing.
import { compareContent } from '../sync/compare.ts';
import { createEngine } from '../sync/engine.ts';
import { type Command, CommandError, tenantOption, UsageError } from './command.ts';
import { chosenSites } from './site-options.ts';

export const compareCommand: Command = {
  name: 'conferir',
  summary: 'Compara a cópia com a loja',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só esta loja' },
    conteudo: { help: 'todos os campos de todas as linhas (lê a loja inteira)' },
  },
  examples: ['carrinho conferir --conteudo --empresa=sol', 'carrinho conferir --conteudo --empresa=sol --json'],
  async run(context) {
    const { pool, config, log, output } = context;
    if (!context.has('conteudo')) throw new UsageError('Diga o que conferir: --conteudo.');
    const tenant = await tenantOption(context);
    const engine = await createEngine({ pool, config, log });
    let differences = 0;
    for (const site of await chosenSites(context, tenant)) {
      const streams = await compareContent(engine, { tenantId: tenant.id, siteId: site.id });
      const count = streams.reduce((sum, stream) => sum + stream.differenceCount, 0);
      differences += count;
      output.result({ site: site.slug, isEqual: count === 0, streams }, () => {
        output.line(
          `${tenant.slug} / ${site.slug}: ${count === 0 ? 'igual' : count === 1 ? '1 diferença' : `${count} diferenças`}.`,
        );
        output.table(streams, {
          fonte: (row) => row.label,
          'na loja': (row) => row.shopCount,
          ilegíveis: (row) => row.unreadableCount,
          diferentes: (row) => row.differenceCount,
        });
        for (const { label, differences } of streams) {
          for (const { externalId, columns } of differences)
            output.line(`  ${label} ${externalId}: ${columns.join(', ')}`);
        }
      });
    }
    if (differences > 0) throw new CommandError('A cópia não é igual à loja.');
  },
};
