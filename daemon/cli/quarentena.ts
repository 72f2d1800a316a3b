// `quarentena listar|tentar`: the rows of a shop that could not be read, with the reason, and a new attempt at them. What a row holds is shown for
// one id at a time and only when asked for: it may be personal data.
import type { SiteId } from '#shared/ids.ts';
import { withTenant } from '../db.ts';
import { createEngine } from '../sync/engine.ts';
import { askRetries } from '../sync/quarantine.ts';
import { type Command, CommandError, tenantOption, UsageError } from './command.ts';
import { runUntilFree } from './run-until-free.ts';
import { chosenSites } from './site-options.ts';

type Group = { source: string; stream: string; reason: string; count: number; ids: string[]; lastSeenAt: Date };

const shownIds = 20;

const list: Command = {
  name: 'quarentena listar',
  summary: 'Mostra o que não pôde ser lido nas lojas, e por quê',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só esta loja' },
    mostrar: { value: 'ID', help: 'mostra a linha como veio da loja (pode conter dados pessoais)' },
  },
  examples: [
    'carrinho quarentena listar --empresa=sol',
    'carrinho quarentena listar --empresa=sol --loja=matriz --mostrar=812',
  ],
  async run(context) {
    const { pool, output, options } = context;
    if (options.mostrar !== undefined && output.isJson)
      throw new UsageError('--mostrar escreve só na tela: use sem --json.');
    const tenant = await tenantOption(context);
    for (const site of await chosenSites(context, tenant)) {
      const place = [tenant.id, site.id];
      if (options.mostrar !== undefined) {
        const { rows } = await withTenant(pool, tenant.id, (client) =>
          client.query<{ source: string; stream: string; reason: string; detail: string; raw: string }>(
            'select source, stream, reason, detail, raw from quarantine where tenant_id = $1 and site_id = $2 and external_id = $3',
            [...place, options.mostrar],
          ),
        );
        for (const row of rows)
          output.line(`${site.slug} / ${row.source} / ${row.stream}: ${row.reason} ${row.detail}\n${row.raw}`);
        if (rows.length === 0) output.line(`${site.slug}: não há linha ${options.mostrar} em quarentena.`);
        continue;
      }
      const { rows } = await withTenant(pool, tenant.id, (client) =>
        client.query<Group>(
          `select source, stream, reason, count(*)::integer as count, max(last_seen_at) as "lastSeenAt",
                  (array_agg(external_id order by length(external_id), external_id))[1:$3] as ids
           from quarantine where tenant_id = $1 and site_id = $2 group by source, stream, reason order by source, stream, reason`,
          [...place, shownIds],
        ),
      );
      output.result({ tenant: tenant.slug, site: site.slug, groups: rows }, () => {
        output.line(`${tenant.slug} / ${site.slug}: ${rows.length === 0 ? 'nada em quarentena.' : ''}`);
        if (rows.length === 0) return;
        output.table(rows, {
          fonte: (row) => row.source,
          leitura: (row) => row.stream,
          motivo: (row) => row.reason,
          linhas: (row) => row.count,
          ids: (row) => `${row.ids.join(' ')}${row.count > row.ids.length ? ' …' : ''}`,
        });
      });
    }
  },
};

const retry: Command = {
  name: 'quarentena tentar',
  summary: 'Lê de novo na loja o que está em quarentena',
  options: { empresa: { value: 'SLUG', help: 'a empresa' }, loja: { value: 'SLUG', help: 'só esta loja' } },
  examples: ['carrinho quarentena tentar --empresa=sol'],
  async run(context) {
    const { pool, config, log, output } = context;
    const tenant = await tenantOption(context);
    if (tenant.suspendedAt) throw new CommandError(`A empresa ${tenant.slug} está suspensa.`);
    const engine = await createEngine({
      pool,
      config,
      log: output.isJson ? { info() {}, warn() {}, error() {} } : log,
    });
    for (const site of await chosenSites(context, tenant)) {
      const tried = await withTenant(pool, tenant.id, (client) => askRetries(client, site.id));
      if (tried > 0) {
        const { error } = await runUntilFree(engine, { tenantId: tenant.id, siteId: site.id, kind: 'poll' });
        if (error) throw error;
      }
      const left = await withTenant(pool, tenant.id, (client) => countQuarantined(client, site.id));
      output.result({ tenant: tenant.slug, site: site.slug, tried, left }, () =>
        output.line(
          tried === 0
            ? `${site.slug}: nada em quarentena.`
            : `${site.slug}: ${tried === 1 ? '1 linha tentada' : `${tried} linhas tentadas`}, ${left} ainda em quarentena.`,
        ),
      );
    }
  },
};

async function countQuarantined(client: Parameters<typeof askRetries>[0], siteId: SiteId): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::integer as count from quarantine where tenant_id = $1 and site_id = $2',
    [client.tenantId, siteId],
  );
  return rows[0]!.count;
}

export const quarantineCommands = [list, retry];
