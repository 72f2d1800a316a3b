// What the commands about shops share: which shop is meant, its settings and schedules as options, and telling the daemons of a change.
import type { SiteId } from '#shared/ids.ts';
import { isTimeZone } from '#shared/time-zone.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { type ScheduleKind, validateCron } from '../sync/schedule.ts';
import { type CommandContext, CommandError, type TenantRow, UsageError } from './command.ts';

export const siteSettings = {
  fuso: { value: 'FUSO', help: 'fuso da loja (padrão: o que o WordPress diz)' },
  moeda: { value: 'BRL', help: 'moeda da loja (padrão: a do WooCommerce)' },
  ddd: { value: '11', help: 'DDD presumido nesta loja (padrão: o da empresa)' },
  agenda: { value: 'CRON', help: 'quando ler as novidades (padrão "* * * * *", a cada minuto)' },
  'agenda-conferencia': { value: 'CRON', help: 'quando conferir os números (padrão "17 * * * *", a cada hora)' },
  'agenda-noturna': { value: 'CRON', help: 'quando reler tudo, no fuso da loja (padrão: uma vez, entre 2h e 5h)' },
};

/** Column → value for the settings that were given. UsageError for a value that can't be. */
export function readSiteSettings({ options }: CommandContext): Record<string, string> {
  const values: Record<string, string> = {};
  if (options.fuso !== undefined) {
    if (!isTimeZone(options.fuso))
      throw new UsageError(`"${options.fuso}" não é um fuso horário. Exemplo: America/Sao_Paulo.`);
    values.time_zone = options.fuso;
  }
  if (options.moeda !== undefined) {
    if (!/^[A-Z]{3}$/.test(options.moeda)) throw new UsageError(`"${options.moeda}" não é uma moeda. Exemplo: BRL.`);
    values.currency = options.moeda;
  }
  if (options.ddd !== undefined) {
    if (!/^[1-9][1-9]$/.test(options.ddd)) throw new UsageError(`"${options.ddd}" não é um DDD. Exemplo: 11.`);
    values.area_code = options.ddd;
  }
  return values;
}

/** The schedules that were given; UsageError for what is no cron expression. */
export function readSchedules({ options }: CommandContext): { kind: ScheduleKind; expression: string }[] {
  const schedules = [
    { kind: 'poll' as const, option: 'agenda', expression: options.agenda },
    { kind: 'reconcile' as const, option: 'agenda-conferencia', expression: options['agenda-conferencia'] },
    { kind: 'full' as const, option: 'agenda-noturna', expression: options['agenda-noturna'] },
  ];
  return schedules.flatMap(({ kind, option, expression }) => {
    if (expression === undefined) return [];
    if (!validateCron(expression))
      throw new UsageError(`--${option}: "${expression}" não é uma expressão cron. Exemplo: "*/5 * * * *".`);
    return [{ kind, expression }];
  });
}

/** The site of `--loja`, or the company's only one. */
export async function siteOption(
  context: CommandContext,
  tenant: TenantRow,
): Promise<{ id: SiteId; name: string; slug: string }> {
  const { rows } = await withTenant(context.pool, tenant.id, (client) =>
    client.query<{ id: SiteId; name: string; slug: string }>(
      'select id, name, slug from sites where tenant_id = $1 order by slug',
      [tenant.id],
    ),
  );
  const wanted = context.options.loja;
  const slugs = rows.map((site) => site.slug).join(', ');
  if (wanted === undefined) {
    if (rows.length === 1) return rows[0]!;
    throw new UsageError(
      rows.length === 0
        ? `A empresa ${tenant.slug} não tem loja. Use "carrinho loja conectar".`
        : `Diga qual loja: --loja=… (${slugs}).`,
    );
  }
  const found = rows.find((site) => site.slug === wanted);
  if (!found) throw new CommandError(`A empresa ${tenant.slug} não tem a loja "${wanted}". Há: ${slugs || 'nenhuma'}.`);
  return found;
}

/** The sites that a command is for: the one of `--loja`, else all of the company's. */
export async function chosenSites(context: CommandContext, tenant: TenantRow): Promise<{ id: SiteId; slug: string }[]> {
  if (context.options.loja !== undefined) return [await siteOption(context, tenant)];
  const { rows } = await withTenant(context.pool, tenant.id, (client) =>
    client.query<{ id: SiteId; slug: string }>('select id, slug from sites where tenant_id = $1 order by slug', [
      tenant.id,
    ]),
  );
  if (rows.length === 0) throw new CommandError(`A empresa ${tenant.slug} não tem loja. Use "carrinho loja conectar".`);
  return rows;
}

export async function saveSchedules(
  client: TenantClient,
  siteId: SiteId,
  schedules: ReturnType<typeof readSchedules>,
): Promise<void> {
  for (const { kind, expression } of schedules) {
    await client.query(
      `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, $3, $4)
       on conflict (tenant_id, site_id, kind) do update set cron_expression = excluded.cron_expression, updated_at = now()`,
      [client.tenantId, siteId, kind, expression],
    );
  }
}

/** Tells the daemons that a shop is to be looked at anew. */
export async function notifySettings(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(
    `select pg_notify('carrinho_settings', json_build_object('tenant', $1::text, 'site', $2::text)::text)`,
    [client.tenantId, siteId],
  );
}
