// `loja conectar|listar|editar|mapear|certificado`: the shops of a company.
import { withTenant } from '../db.ts';
import { refreshOrderClasses } from '../recompute/order-class.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { type Command, tenantOption, UsageError } from './command.ts';
import { certificateCommand } from './loja-certificado.ts';
import { connectCommand } from './loja-conectar.ts';
import { diagnoseCommand } from './loja-diagnosticar.ts';
import { mapCommand } from './loja-mapear.ts';
import {
  notifySettings,
  readSchedules,
  readSiteSettings,
  saveSchedules,
  siteOption,
  siteSettings,
} from './site-options.ts';

const list: Command = {
  name: 'loja listar',
  summary: 'Lista as lojas de uma empresa',
  options: { empresa: { value: 'SLUG', help: 'a empresa' } },
  examples: ['carrinho loja listar --empresa=sol'],
  async run(context) {
    const tenant = await tenantOption(context);
    const { rows } = await withTenant(context.pool, tenant.id, (client) =>
      client.query(
        `select s.slug, s.name, s.site_url as "siteUrl", s.table_prefix as prefix, s.order_storage as "orderStorage", s.cart_table as "cartTable",
                coalesce(s.time_zone, s.detected_time_zone) as "timeZone", c.mode, c.host, c.ssh_host as "sshHost", p.cron_expression as schedule, p.is_paused as "isPaused"
           from sites s left join connections c on c.tenant_id = s.tenant_id and c.site_id = s.id
                left join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id and p.kind = 'poll'
          where s.tenant_id = $1 order by s.slug`,
        [tenant.id],
      ),
    );
    context.output.table(rows, {
      loja: (row) => row.slug,
      nome: (row) => row.name,
      endereço: (row) => row.siteUrl,
      conexão: (row) => (row.mode === 'ssh' ? `SSH ${row.sshHost}` : row.host),
      prefixo: (row) => row.prefix,
      pedidos: (row) => row.orderStorage,
      carrinhos: (row) => row.cartTable,
      fuso: (row) => row.timeZone,
      agenda: (row) => (row.isPaused ? 'pausada' : row.schedule),
    });
  },
};

const classes = { pago: 'paid', aguardando: 'awaiting_payment', anulado: 'void' } as const;

const edit: Command = {
  name: 'loja editar',
  summary: 'Muda fuso, moeda, DDD, agenda ou a classe de uma situação de pedido',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'a loja (dispensável quando há uma só)' },
    ...siteSettings,
    situacao: { value: 'enviado:pago', help: 'classe de uma situação de pedido: pago, aguardando, anulado ou padrao' },
    pausar: { help: 'pausa as leituras' },
    retomar: { help: 'volta a ler' },
  },
  examples: [
    'carrinho loja editar --empresa=sol --agenda="*/5 * * * *"',
    'carrinho loja editar --empresa=sol --situacao=enviado:pago',
  ],
  async run(context) {
    const tenant = await tenantOption(context);
    const site = await siteOption(context, tenant);
    const values = readSiteSettings(context);
    const schedules = readSchedules(context);
    const [status, chosen] = (context.options.situacao ?? '').split(':');
    if (context.options.situacao !== undefined && !(status && chosen && (chosen === 'padrao' || chosen in classes))) {
      throw new UsageError(
        '--situacao deve ser situação:classe, com classe pago, aguardando, anulado ou padrao. Exemplo: enviado:pago.',
      );
    }
    await withTenant(context.pool, tenant.id, async (client) => {
      const columns = Object.keys(values);
      if (columns.length > 0) {
        await client.query(
          `update sites set ${columns.map((column, index) => `${column} = $${index + 3}`).join(', ')} where tenant_id = $1 and id = $2`,
          [tenant.id, site.id, ...Object.values(values)],
        );
      }
      await saveSchedules(client, site.id, schedules);
      if (context.has('pausar') || context.has('retomar')) {
        await client.query(
          'update schedules set is_paused = $3, updated_at = now() where tenant_id = $1 and site_id = $2',
          [tenant.id, site.id, context.has('pausar')],
        );
      }
      if (status && chosen) {
        await client.query(
          `insert into order_status_classes (tenant_id, site_id, wc_status, manual_class) values ($1, $2, $3, $4)
           on conflict (tenant_id, site_id, wc_status) do update set manual_class = excluded.manual_class`,
          [
            tenant.id,
            site.id,
            status.replace(/^wc-/, ''),
            chosen === 'padrao' ? null : classes[chosen as keyof typeof classes],
          ],
        );
        await refreshOrderClasses(client, site.id);
      }
      await notifySettings(client, site.id);
    });
    if (status) await recomputeQueued(context.pool, tenant.id, { now: context.now, log: context.log });
    context.output.result(
      {
        slug: site.slug,
        changed: [...Object.keys(values), ...schedules.map(({ kind }) => kind), ...(status ? ['situacao'] : [])],
      },
      () => context.output.line(`Loja ${site.slug} atualizada.`),
    );
  },
};

export const siteCommands = [connectCommand, diagnoseCommand, list, edit, mapCommand, certificateCommand];
