// `loja mapear`: which answer of a form is name, WhatsApp, e-mail and size. Stored answers are mapped anew, without reading the shop.
import type { SiteId } from '#shared/ids.ts';
import { withTenant } from '../db.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { remapLeads } from '../sync/map-leads.ts';
import { type Command, type CommandContext, type TenantRow, tenantOption, UsageError } from './command.ts';
import { notifySettings, siteOption } from './site-options.ts';

const mappingKeys = { nome: 'name_key', whatsapp: 'phone_key', email: 'email_key', tamanho: 'size_key' } as const;

export const mapCommand: Command = {
  name: 'loja mapear',
  summary:
    'Diz quais campos do formulário são nome, WhatsApp, e-mail e tamanho; sem opções, mostra os campos encontrados',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'a loja (dispensável quando há uma só)' },
    formulario: { value: 'PLUGIN:ID', help: 'só para este formulário (padrão: todos os da loja)' },
    nome: { value: 'CAMPO', help: 'campo do nome, por exemplo Nome_3' },
    whatsapp: { value: 'CAMPO', help: 'campo do telefone, por exemplo Whatsapp_8', aliases: ['telefone'] },
    email: { value: 'CAMPO', help: 'campo do e-mail' },
    tamanho: { value: 'CAMPO', help: 'campo do tamanho' },
  },
  examples: [
    'carrinho loja mapear --empresa=sol --nome=Nome_3 --whatsapp=Whatsapp_8 --tamanho=Numero_do_sapato_9',
    'carrinho loja mapear --empresa=sol --formulario=wp-forms:512 --nome=Nome_3 --whatsapp="Whatsapp_-_DDD_+_Numero_4"',
    'carrinho loja mapear --empresa=sol',
  ],
  async run(context) {
    const tenant = await tenantOption(context);
    const site = await siteOption(context, tenant);
    const given = Object.entries(mappingKeys).filter(([option]) => context.options[option] !== undefined);
    if (given.length === 0) return await showMapping(context, tenant, site.id);
    const form = context.options.formulario ?? ':';
    const split = form.indexOf(':');
    if (split < 0) throw new UsageError('--formulario deve ser plugin:id. Exemplo: wp-forms:512.');
    const [formPlugin, formId] = [form.slice(0, split), form.slice(split + 1)];
    const changed = await withTenant(context.pool, tenant.id, async (client) => {
      const columns = given.map(([, column]) => column);
      const keys = given.map(([option]) => context.options[option] || null);
      await client.query(
        `insert into field_mappings (tenant_id, site_id, form_plugin, form_id, ${columns.join(', ')}) values ($1, $2, $3, $4, ${keys.map((_, index) => `$${index + 5}`).join(', ')})
         on conflict (tenant_id, site_id, form_plugin, form_id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}, updated_at = now()`,
        [tenant.id, site.id, formPlugin, formId, ...keys],
      );
      const count = await remapLeads(client, site.id);
      await notifySettings(client, site.id);
      return count;
    });
    await recomputeQueued(context.pool, tenant.id, { now: context.now, log: context.log });
    context.output.result({ slug: site.slug, form: formPlugin ? form : null, remappedLeads: changed }, () =>
      context.output.line(
        `Mapeamento salvo. ${changed === 1 ? '1 lead mudou' : `${changed} leads mudaram`}, sem ler a loja de novo.`,
      ),
    );
  },
};

async function showMapping({ pool, output }: CommandContext, tenant: TenantRow, siteId: SiteId): Promise<void> {
  const { mappings, fields } = await withTenant(pool, tenant.id, async (client) => ({
    mappings: (
      await client.query(
        `select form_plugin as "formPlugin", form_id as "formId", name_key as "nameKey", phone_key as "phoneKey", email_key as "emailKey", size_key as "sizeKey"
           from field_mappings where tenant_id = $1 and site_id = $2 order by form_plugin, form_id`,
        [tenant.id, siteId],
      )
    ).rows,
    // The newest leads' answers: old forms keep keys that nobody sends any more.
    fields: (
      await client.query(
        `with recent as (select source, external_id, form_plugin, form_id from leads where tenant_id = $1 and site_id = $2 order by id desc limit 1000),
              forms as (select form_plugin, form_id, count(*) as leads from recent group by form_plugin, form_id)
         select r.form_plugin as "formPlugin", r.form_id as "formId", a.key, round(100.0 * count(distinct r.external_id) / f.leads)::integer as "fillPercent"
           from recent r join forms f using (form_plugin, form_id)
                join lead_answers a on a.tenant_id = $1 and a.site_id = $2 and a.source = r.source and a.lead_external_id = r.external_id
          where a.value <> ''
          group by r.form_plugin, r.form_id, a.key, f.leads order by 1, 2, 4 desc, 3`,
        [tenant.id, siteId],
      )
    ).rows,
  }));
  output.result({ mappings, fields }, () => {
    output.table(mappings, {
      formulário: (row) => (row.formPlugin ? `${row.formPlugin}:${row.formId}` : '(todos)'),
      nome: (row) => row.nameKey,
      WhatsApp: (row) => row.phoneKey,
      'e-mail': (row) => row.emailKey,
      tamanho: (row) => row.sizeKey,
    });
    output.line();
    output.table(fields, {
      formulário: (row) => `${row.formPlugin}:${row.formId}`,
      campo: (row) => row.key,
      preenchido: (row) => `${row.fillPercent}%`,
    });
  });
}
