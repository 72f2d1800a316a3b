// `loja mapear`: which answer of a form is name, WhatsApp, e-mail and size. Stored answers are mapped anew, without reading the shop.
import type { SiteId } from '#shared/ids.ts';
import { type FormEntry, sampledEntries, suggestMapping } from '#shared/mapping-suggestion.ts';
import { openSecretBox } from '#shared/secrets.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { erasuresOf } from '../erasure/tombstones.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { loadSite } from '../settings.ts';
import { findMapping } from '../sync/field-mapping.ts';
import { remapLeads } from '../sync/map-leads.ts';
import { watchForms } from '../sync/shop-watch.ts';
import type { FormTitle } from '../wordpress/form-titles.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';
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
    sugerir: { help: 'sugere os campos pelas últimas 200 respostas já lidas' },
    aplicar: { help: 'com --sugerir: grava a sugestão' },
  },
  examples: [
    'carrinho loja mapear --empresa=sol --nome=Nome_3 --whatsapp=Whatsapp_8 --tamanho=Numero_do_sapato_9',
    'carrinho loja mapear --empresa=sol --formulario=wp-forms:512 --nome=Nome_3 --whatsapp="Whatsapp_-_DDD_+_Numero_4"',
    'carrinho loja mapear --empresa=sol',
    'carrinho loja mapear --empresa=sol --sugerir --aplicar',
  ],
  async run(context) {
    const tenant = await tenantOption(context);
    const site = await siteOption(context, tenant);
    const given = Object.entries(mappingKeys).filter(([option]) => context.options[option] !== undefined);
    if (context.has('aplicar') && !context.has('sugerir')) throw new UsageError('--aplicar só vale com --sugerir.');
    if (context.has('sugerir')) {
      if (given.length > 0) throw new UsageError('Use --sugerir ou diga os campos, não os dois.');
      return await suggest(context, tenant, site);
    }
    if (given.length === 0) return await showMapping(context, tenant, site.id);
    const form = formOption(context);
    const mapping = { ...(form ?? everyForm), keys: given.map(([option]) => context.options[option] || null) };
    const columns = given.map(([, column]) => column);
    const changed = await saveMappings(context, tenant, site.id, columns, [mapping]);
    context.output.result({ slug: site.slug, form: context.options.formulario ?? null, remappedLeads: changed }, () =>
      context.output.line(savedText(changed)),
    );
  },
};

const everyForm = { formPlugin: '', formId: '' };

/** The form of `--formulario`; null when it was not given. */
function formOption({ options }: CommandContext): { formPlugin: string; formId: string } | null {
  const form = options.formulario;
  if (form === undefined) return null;
  const split = form.indexOf(':');
  if (split < 0) throw new UsageError('--formulario deve ser plugin:id. Exemplo: wp-forms:512.');
  return { formPlugin: form.slice(0, split), formId: form.slice(split + 1) };
}

const savedText = (changed: number) =>
  `Mapeamento salvo. ${changed === 1 ? '1 lead mudou' : `${changed} leads mudaram`}, sem ler a loja de novo.`;

/** Saves the columns of each mapping, maps the stored answers anew and looks again at what a changed form had raised. Gives how many leads changed. */
async function saveMappings(
  { pool, now, log, config }: CommandContext,
  tenant: TenantRow,
  siteId: SiteId,
  columns: string[],
  mappings: { formPlugin: string; formId: string; keys: (string | null)[] }[],
): Promise<number> {
  const erasures = erasuresOf(await openSecretBox(config));
  const changed = await withTenant(pool, tenant.id, async (client) => {
    for (const { formPlugin, formId, keys } of mappings) {
      await client.query(
        `insert into field_mappings (tenant_id, site_id, form_plugin, form_id, ${columns.join(', ')}) values ($1, $2, $3, $4, ${keys.map((_, index) => `$${index + 5}`).join(', ')})
         on conflict (tenant_id, site_id, form_plugin, form_id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}, updated_at = now()`,
        [tenant.id, siteId, formPlugin, formId, ...keys],
      );
    }
    const count = await remapLeads(client, siteId, erasures);
    await watchForms(client, await loadSite(client, siteId));
    await notifySettings(client, siteId);
    return count;
  });
  await recomputeQueued(pool, tenant.id, { now, log });
  return changed;
}

/** `--sugerir`: what the newest answers suggest for each form; with `--aplicar` saved, keeping a key for which there is no suggestion. */
async function suggest(context: CommandContext, tenant: TenantRow, site: { id: SiteId; slug: string }): Promise<void> {
  const { output } = context;
  const wanted = formOption(context);
  const { entries, settings, titles } = await withTenant(context.pool, tenant.id, async (client) => ({
    entries: await listNewestEntries(client, site.id, wanted),
    settings: await loadSite(client, site.id),
    titles: (
      await client.query<FormTitle>(
        'select form_plugin as "formPlugin", form_id as "formId", title from form_titles where tenant_id = $1 and site_id = $2',
        [tenant.id, site.id],
      )
    ).rows,
  }));
  const forms = suggestMapping(entries, { areaCode: settings.areaCode }).forms.map(
    ({ formPlugin, formId, keys, ...form }) => ({
      formPlugin,
      formId,
      title: titles.find((known) => known.formPlugin === formPlugin && known.formId === formId)?.title ?? null,
      ...form,
      keys,
    }),
  );
  if (forms.length === 0) throw new CommandError('Ainda não há respostas de formulário lidas para sugerir os campos.');
  const saved = context.has('aplicar')
    ? await saveMappings(
        context,
        tenant,
        site.id,
        Object.values(mappingKeys),
        forms
          .filter(({ keys }) => keys.phone !== null || keys.email !== null)
          .map(({ formPlugin, formId, keys, fields }) => {
            const known = findMapping(settings.mappings, formPlugin, formId);
            // A key of the shop's default that this form lacks would match another field here by its number.
            const kept = (key: string | null | undefined) =>
              key && (known!.formId !== '' || fields.some((field) => field.key === key)) ? key : null;
            return {
              formPlugin,
              formId,
              keys: [
                keys.name ?? kept(known?.nameKey),
                keys.phone ?? kept(known?.phoneKey),
                keys.email ?? kept(known?.emailKey),
                keys.size ?? kept(known?.sizeKey),
              ],
            };
          }),
      )
    : null;
  output.result({ slug: site.slug, forms, remappedLeads: saved }, () => {
    output.table(forms, {
      formulário: (row) => `${row.formPlugin}:${row.formId}`,
      título: (row) => row.title,
      respostas: (row) => row.entryCount,
      nome: (row) => row.keys.name,
      WhatsApp: (row) => row.keys.phone,
      'e-mail': (row) => row.keys.email,
      tamanho: (row) => row.keys.size,
    });
    output.line();
    output.line(saved === null ? 'Para gravar: a mesma linha com --aplicar.' : savedText(saved));
  });
}

/** The newest entries of the shop, or of one form, with their answers, newest first. */
async function listNewestEntries(
  client: TenantClient,
  siteId: SiteId,
  form: { formPlugin: string; formId: string } | null,
): Promise<FormEntry[]> {
  const { rows } = await client.query<FormEntry>(
    `select l.form_plugin as "formPlugin", l.form_id as "formId",
            json_agg(json_build_object('key', a.key, 'value', left(a.value, 500)) order by a.external_id) as answers
     from (
       select id, source, external_id, form_plugin, form_id from leads
       where tenant_id = $1 and site_id = $2 and ($3::text is null or (form_plugin = $3 and form_id = $4)) order by external_id desc limit $5
     ) l
     join lead_answers a on a.tenant_id = $1 and a.site_id = $2 and a.source = l.source and a.lead_external_id = l.external_id
     group by l.id, l.external_id, l.form_plugin, l.form_id order by l.external_id desc`,
    [client.tenantId, siteId, form?.formPlugin ?? null, form?.formId ?? null, sampledEntries],
  );
  return rows;
}

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
