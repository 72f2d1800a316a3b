// Periods that the daemon reads again in the background: `importar … --estimar` counts them, `--em-segundo-plano` asks for them, and
// `importar listar|pausar|retomar|cancelar` follows them.
import type { SiteId } from '#shared/ids.ts';
import { withTenant } from '../db.ts';
import type { Target } from '../source.ts';
import { changeBackfill, countSitePeriod, createBackfill } from '../sync/backfill.ts';
import type { Engine } from '../sync/engine.ts';
import type { Period } from '../sync/period.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  integerOption,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';

type Asked = {
  tenant: TenantRow;
  site: { id: SiteId; slug: string };
  period: Period;
  targets: readonly Target[] | null;
};

const number = new Intl.NumberFormat('pt-BR');

/** Prints how many rows the period has, `≈ 12.400 pedidos`; reads nothing else. */
export async function estimatePeriod({ output }: CommandContext, engine: Engine, asked: Asked): Promise<void> {
  const { tenant, site, period, targets } = asked;
  const counts = await countSitePeriod(engine, { tenantId: tenant.id, siteId: site.id, period, targets });
  output.result({ tenant: tenant.slug, site: site.slug, from: period.from, to: period.to, streams: counts }, () => {
    const texts = counts.map(
      ({ label, count }) =>
        `≈ ${count === null ? '(não foi possível contar)' : number.format(count)} ${label.toLowerCase()}`,
    );
    output.line(`${tenant.slug} / ${site.slug}: ${texts.join(', ') || 'nada a ler'}.`);
  });
}

/** Leaves the period to the daemon. */
export async function queueBackfill(
  { pool, output }: CommandContext,
  { tenant, site, period, targets, waitsForStart }: Asked & { waitsForStart: boolean },
): Promise<void> {
  const id = await withTenant(pool, tenant.id, (client) =>
    createBackfill(client, { siteId: site.id, period, targets, waitsForStart }),
  );
  output.result({ id, tenant: tenant.slug, site: site.slug, waitsForStart }, () =>
    output.line(
      waitsForStart
        ? `${site.slug}: reprocessamento ${id} criado. O daemon conta os registros; comece com "carrinho importar retomar --empresa=${tenant.slug} --id=${id}".`
        : `${site.slug}: reprocessamento ${id} na fila. Acompanhe com "carrinho importar listar --empresa=${tenant.slug}".`,
    ),
  );
}

const stateNames: Record<string, string> = {
  waiting: 'na fila',
  estimating: 'estimando',
  ready: 'pronto para começar',
  running: 'lendo',
  paused: 'pausado',
  done: 'concluído',
  cancelled: 'cancelado',
  failed: 'falhou',
};

type Row = {
  id: string;
  site: string;
  state: string;
  from: Date | null;
  to: Date | null;
  requestedBy: string | null;
  estimated: number | null;
  read: number;
  changed: number;
  errorCode: string | null;
};

const company = { empresa: { value: 'SLUG', help: 'a empresa' } };

const list: Command = {
  name: 'importar listar',
  summary: 'Lista os períodos que o daemon relê em segundo plano',
  options: company,
  examples: ['carrinho importar listar --empresa=sol'],
  async run(context) {
    const tenant = await tenantOption(context);
    const { rows } = await withTenant(context.pool, tenant.id, (client) =>
      client.query<Row>(
        `select b.id, s.slug as site, b.state, b.from_at as "from", b.to_at as "to", u.email as "requestedBy", b.error_code as "errorCode",
                sum(x.estimated_count)::float8 as estimated, coalesce(sum(x.read_count), 0)::float8 as read, coalesce(sum(x.changed_count), 0)::float8 as changed
         from backfills b join sites s on s.tenant_id = b.tenant_id and s.id = b.site_id left join users u on u.id = b.requested_by
              left join backfill_streams x on x.tenant_id = b.tenant_id and x.backfill_id = b.id
         where b.tenant_id = $1 group by b.tenant_id, b.id, s.slug, u.email order by b.id desc limit 50`,
        [tenant.id],
      ),
    );
    context.output.table(rows, {
      id: (row) => row.id,
      loja: (row) => row.site,
      estado: (row) => stateNames[row.state] ?? row.state,
      de: (row) => row.from?.toISOString().slice(0, 10) ?? 'o começo',
      até: (row) => row.to?.toISOString().slice(0, 10) ?? 'hoje',
      lidos: (row) =>
        `${number.format(row.read)}${row.estimated === null ? '' : ` de ≈ ${number.format(row.estimated)}`}`,
      corrigidos: (row) => row.changed,
      erro: (row) => row.errorCode,
    });
  },
};

function changeCommand(name: string, verb: 'pause' | 'resume' | 'cancel', summary: string, done: string): Command {
  return {
    name: `importar ${name}`,
    summary,
    options: { ...company, id: { value: 'N', help: 'o número em "importar listar"' } },
    examples: [`carrinho importar ${name} --empresa=sol --id=3`],
    async run(context) {
      const tenant = await tenantOption(context);
      const id = integerOption(context, 'id', { min: 1, max: Number.MAX_SAFE_INTEGER });
      if (id === undefined) throw new UsageError('Falta a opção --id.');
      const isChanged = await withTenant(context.pool, tenant.id, (client) => changeBackfill(client, String(id), verb));
      if (!isChanged)
        throw new CommandError(
          `O reprocessamento ${id} não existe ou o estado dele não permite isso. Veja "carrinho importar listar".`,
        );
      context.output.result({ id: String(id), verb }, () => context.output.line(`Reprocessamento ${id} ${done}.`));
    },
  };
}

export const backfillCommands = [
  list,
  changeCommand('pausar', 'pause', 'Pausa um reprocessamento; ele guarda onde parou', 'pausado'),
  changeCommand('retomar', 'resume', 'Começa ou retoma um reprocessamento de onde parou', 'retomado'),
  changeCommand('cancelar', 'cancel', 'Cancela um reprocessamento; o que foi lido fica', 'cancelado'),
];
