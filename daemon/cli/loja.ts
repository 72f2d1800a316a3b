// `loja conectar|listar|editar|mapear`: the shops of a company. Connecting tests first and saves only what works; a choice that the database
// leaves open (several WordPress prefixes, several cart tables) is offered, never guessed.
import { readFile } from 'node:fs/promises';
import { ConfigError } from '#shared/errors.ts';
import type { SiteId } from '#shared/ids.ts';
import { createSecretBox, loadSecretKey } from '#shared/secrets.ts';
import { slugOf, slugPattern } from '#shared/slug.ts';
import { isTimeZone } from '#shared/time-zone.ts';
import { type ConnectionSettings, openShop } from '../connections/connection.ts';
import { findConnection, saveConnection } from '../connections/connection-store.ts';
import { discoverShop, type ShopFacts } from '../connections/discover.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { refreshOrderClasses } from '../recompute/order-class.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { remapLeads } from '../sync/map-leads.ts';
import { validateCron } from '../sync/schedule.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  choiceOption,
  integerOption,
  required,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';

const siteSettings = {
  fuso: { value: 'FUSO', help: 'fuso da loja (padrão: o que o WordPress diz)' },
  moeda: { value: 'BRL', help: 'moeda da loja (padrão: a do WooCommerce)' },
  ddd: { value: '11', help: 'DDD presumido nesta loja (padrão: o da empresa)' },
  agenda: { value: 'CRON', help: 'quando ler as novidades (padrão "* * * * *", a cada minuto)' },
  'agenda-conferencia': { value: 'CRON', help: 'quando conferir tudo (padrão "17 * * * *", a cada hora)' },
};

const tlsModes = { verificar: 'verify', ca: 'ca', fixado: 'pinned', desligado: 'off' } as const;

/** A secret from a file or from an environment variable, never from the command line itself: other users of the machine see that. */
async function secretOption(context: CommandContext, name: string): Promise<string | undefined> {
  const [file, variable] = [context.options[`${name}-arquivo`], context.options[`${name}-env`]];
  if (file !== undefined && variable !== undefined)
    throw new UsageError(`Use --${name}-arquivo ou --${name}-env, não os dois.`);
  if (file !== undefined) {
    try {
      return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    } catch (cause) {
      throw new CommandError(`Não consegui ler o arquivo de --${name}-arquivo: ${file}.`, { cause });
    }
  }
  if (variable !== undefined) {
    const value = process.env[variable];
    if (value === undefined) throw new UsageError(`A variável ${variable} de --${name}-env não está definida.`);
    return value;
  }
  return undefined;
}

function readSiteSettings({ options }: CommandContext): Record<string, string> {
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

function readSchedules({ options }: CommandContext): { kind: 'poll' | 'reconcile'; expression: string }[] {
  const schedules = [
    { kind: 'poll' as const, option: 'agenda', expression: options.agenda },
    { kind: 'reconcile' as const, option: 'agenda-conferencia', expression: options['agenda-conferencia'] },
  ];
  return schedules.flatMap(({ kind, option, expression }) => {
    if (expression === undefined) return [];
    if (!validateCron(expression))
      throw new UsageError(`--${option}: "${expression}" não é uma expressão cron. Exemplo: "*/5 * * * *".`);
    return [{ kind, expression }];
  });
}

async function readConnection(context: CommandContext, known: ConnectionSettings | null): Promise<ConnectionSettings> {
  const { options } = context;
  const problems: string[] = [];
  const need = (value: string | undefined, option: string) => {
    if (value === undefined || value === '') problems.push(`falta --${option}`);
    return value ?? '';
  };
  const isTunnel = options['ssh-host'] !== undefined || (known?.mode === 'ssh' && options.host === undefined);
  const password = (await secretOption(context, 'senha')) ?? known?.password;
  const privateKey = (await secretOption(context, 'ssh-chave')) ?? known?.ssh?.privateKey;
  const passphrase = (await secretOption(context, 'ssh-frase')) ?? known?.ssh?.passphrase;
  const sshPassword = (await secretOption(context, 'ssh-senha')) ?? known?.ssh?.password;
  const ca = (await secretOption(context, 'tls-ca')) ?? known?.tls.ca;
  const fingerprint256 = options['tls-impressao'] ?? known?.tls.fingerprint256;
  const port = integerOption(context, 'porta', { min: 1, max: 65535 }) ?? known?.port ?? 3306;
  const sshPort = integerOption(context, 'ssh-porta', { min: 1, max: 65535 }) ?? known?.ssh?.port ?? 22;
  const chosenTls = choiceOption(context, 'tls', Object.keys(tlsModes) as (keyof typeof tlsModes)[]);
  const tlsMode = chosenTls ? tlsModes[chosenTls] : (known?.tls.mode ?? 'verify');
  if (tlsMode === 'ca' && !ca) problems.push('falta --tls-ca-arquivo');
  if (tlsMode === 'pinned' && !fingerprint256) problems.push('falta --tls-impressao');
  const settings: ConnectionSettings = {
    mode: isTunnel ? 'ssh' : 'direct',
    host: need(options.host ?? known?.host ?? (isTunnel ? '127.0.0.1' : undefined), 'host'),
    port,
    user: need(options.usuario ?? known?.user, 'usuario'),
    password: need(password, 'senha-arquivo (ou --senha-env)'),
    database: need(options.banco ?? known?.database, 'banco'),
    tls: {
      mode: isTunnel ? 'off' : tlsMode,
      ...(ca !== undefined && { ca }),
      ...(fingerprint256 !== undefined && { fingerprint256 }),
    },
    ...(isTunnel && {
      ssh: {
        host: need(options['ssh-host'] ?? known?.ssh?.host, 'ssh-host'),
        port: sshPort,
        user: need(options['ssh-usuario'] ?? known?.ssh?.user, 'ssh-usuario'),
        hostKeyFingerprint: options['chave-do-servidor'] ?? known?.ssh?.hostKeyFingerprint ?? null,
        ...(sshPassword !== undefined && { password: sshPassword }),
        ...(privateKey !== undefined && { privateKey }),
        ...(passphrase !== undefined && { passphrase }),
      },
    }),
  };
  if (isTunnel && !privateKey && !sshPassword) problems.push('falta --ssh-chave-arquivo ou --ssh-senha-arquivo');
  if (problems.length > 0)
    throw new UsageError(new ConfigError(problems).message.replace('Configuração inválida', 'Para conectar'));
  return settings;
}

async function choosePrefix(
  { options }: CommandContext,
  discover: (prefix?: string) => Promise<ShopFacts>,
): Promise<ShopFacts & { prefix: string }> {
  const facts = await discover(options.prefixo);
  const { prefix } = facts;
  if (prefix !== null) return { ...facts, prefix };
  if (facts.prefixes.length === 0) {
    throw new CommandError(
      'Não encontrei tabelas do WordPress nesse banco. Confira o nome do banco e se o usuário enxerga as tabelas (permissão SELECT).',
    );
  }
  const candidates = facts.prefixes.map((candidate) =>
    `  --prefixo=${candidate.prefix}   ${candidate.siteUrl ?? ''} ${candidate.blogName ?? ''}`.trimEnd(),
  );
  throw new CommandError(
    options.prefixo === undefined
      ? `Há ${facts.prefixes.length} instalações do WordPress nesse banco. Escolha uma:\n${candidates.join('\n')}`
      : `O prefixo "${options.prefixo}" não existe nesse banco. Há:\n${candidates.join('\n')}`,
  );
}

function chooseCartTable({ options }: CommandContext, facts: ShopFacts): string | null {
  const wanted = options['tabela-carrinho'];
  if (wanted !== undefined) {
    const found = facts.cartTables.find((table) => table === wanted || `${facts.prefix}${table}` === wanted);
    if (!found)
      throw new CommandError(
        `A tabela "${wanted}" não tem a forma de carrinhos abandonados. Há: ${facts.cartTables.join(', ') || 'nenhuma'}.`,
      );
    return found;
  }
  if (facts.cartTables.length > 1) {
    throw new CommandError(
      `Há ${facts.cartTables.length} tabelas de carrinhos. Escolha uma:\n${facts.cartTables.map((table) => `  --tabela-carrinho=${table}`).join('\n')}`,
    );
  }
  return facts.cartTables[0] ?? null;
}

async function siteBySlug(client: TenantClient, slug: string): Promise<{ id: SiteId; name: string } | null> {
  const { rows } = await client.query<{ id: SiteId; name: string }>(
    'select id, name from sites where tenant_id = $1 and slug = $2',
    [client.tenantId, slug],
  );
  return rows[0] ?? null;
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

async function saveSchedules(
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

async function notifySettings(client: TenantClient, siteId: SiteId): Promise<void> {
  await client.query(
    `select pg_notify('carrinho_settings', json_build_object('tenant', $1::text, 'site', $2::text)::text)`,
    [client.tenantId, siteId],
  );
}

const connect: Command = {
  name: 'loja conectar',
  summary: 'Conecta uma loja (testa antes; só salva o que funciona)',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    nome: { value: 'NOME', help: 'nome da loja' },
    loja: { value: 'SLUG', help: 'nome curto da loja (padrão: feito do nome); de uma que já existe, muda a conexão' },
    host: { value: 'HOST', help: 'host MySQL (com túnel: visto do servidor SSH; padrão 127.0.0.1)' },
    porta: { value: '3306', help: 'porta MySQL' },
    usuario: { value: 'USUARIO', help: 'usuário MySQL, só de leitura' },
    'senha-arquivo': { value: 'ARQUIVO', help: 'arquivo com a senha MySQL' },
    'senha-env': { value: 'VARIAVEL', help: 'ou variável de ambiente com ela' },
    banco: { value: 'BANCO', help: 'nome do banco de dados' },
    tls: { value: 'MODO', help: 'conexão direta: verificar (padrão), ca, fixado ou desligado' },
    'tls-ca-arquivo': { value: 'ARQUIVO', help: 'autoridade certificadora (PEM), com --tls=ca' },
    'tls-impressao': { value: 'SHA256', help: 'impressão digital do certificado, com --tls=fixado' },
    'ssh-host': { value: 'HOST', help: 'servidor SSH: liga o túnel' },
    'ssh-porta': { value: '22', help: 'porta SSH' },
    'ssh-usuario': { value: 'USUARIO', help: 'usuário SSH' },
    'ssh-chave-arquivo': { value: 'ARQUIVO', help: 'chave privada (OpenSSH ou PEM)' },
    'ssh-chave-env': { value: 'VARIAVEL', help: 'ou variável de ambiente com ela' },
    'ssh-frase-arquivo': { value: 'ARQUIVO', help: 'frase secreta da chave' },
    'ssh-frase-env': { value: 'VARIAVEL', help: 'ou variável de ambiente com ela' },
    'ssh-senha-arquivo': { value: 'ARQUIVO', help: 'senha SSH, em vez de chave' },
    'ssh-senha-env': { value: 'VARIAVEL', help: 'ou variável de ambiente com ela' },
    'chave-do-servidor': { value: 'SHA256:…', help: 'impressão digital do servidor SSH, conferida com a hospedagem' },
    prefixo: { value: 'wp_', help: 'prefixo das tabelas, quando há mais de um' },
    'tabela-carrinho': { value: 'TABELA', help: 'tabela de carrinhos, quando há mais de uma' },
    ...siteSettings,
  },
  examples: [
    'carrinho loja conectar --empresa=sol --nome="Loja Sol" --host=db.loja.example --usuario=leitura --senha-arquivo=senha.txt --banco=loja',
    'carrinho loja conectar --empresa=sol --nome="Loja Sol" --ssh-host=ssh.loja.example --ssh-usuario=tunel --ssh-chave-arquivo=chave --chave-do-servidor=SHA256:… --usuario=leitura --senha-env=SENHA --banco=loja',
  ],
  async run(context) {
    const { config, output, pool, log } = context;
    const tenant = await tenantOption(context);
    const slug = context.options.loja ?? slugOf(required(context, 'nome'));
    if (!slugPattern.test(slug))
      throw new UsageError(`"${slug}" não serve de slug: use letras sem acento, números e hífen.`);
    const values = readSiteSettings(context);
    const schedules = readSchedules(context);
    const box = createSecretBox(
      await loadSecretKey({
        SECRET_KEY: config.secretKey,
        SECRET_KEY_FILE: config.secretKeyFile,
        dataDir: config.dataDir,
      }),
    );
    const known = await withTenant(pool, tenant.id, async (client) => {
      const site = await siteBySlug(client, slug);
      return site ? { site, connection: await findConnection({ client, siteId: site.id, box }) } : null;
    });
    const name = context.options.nome ?? known?.site.name ?? required(context, 'nome');
    const settings = await readConnection(context, known?.connection ?? null);

    const shop = await openShop(settings, { allowedNetworks: config.allowedShopNetworks, log });
    let facts: ShopFacts & { prefix: string };
    try {
      facts = await choosePrefix(context, (prefix) =>
        discoverShop(shop.gateway, prefix === undefined ? {} : { prefix }),
      );
    } finally {
      await shop.close();
    }
    const cartTable = chooseCartTable(context, facts);

    const siteId = await withTenant(pool, tenant.id, async (client) => {
      const columns = {
        name,
        table_prefix: facts.prefix,
        cart_table: cartTable,
        site_url: facts.siteUrl,
        detected_time_zone: facts.timeZone,
        detected_currency: facts.currency || null,
        order_storage: facts.orderStorage,
        ...values,
      };
      const names = Object.keys(columns);
      const { rows } = await client.query<{ id: SiteId }>(
        `insert into sites (tenant_id, slug, ${names.join(', ')}) values ($1, $2, ${names.map((_, index) => `$${index + 3}`).join(', ')})
         on conflict (tenant_id, slug) do update set ${names.map((column) => `${column} = excluded.${column}`).join(', ')} returning id`,
        [tenant.id, slug, ...Object.values(columns)],
      );
      const { id } = rows[0]!;
      await saveConnection({ client, siteId: id, box }, settings);
      await client.query(
        `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '* * * * *'), ($1, $2, 'reconcile', '17 * * * *')
         on conflict do nothing`,
        [tenant.id, id],
      );
      await saveSchedules(client, id, schedules);
      await notifySettings(client, id);
      return id;
    });
    const found = {
      siteId,
      slug,
      name,
      prefix: facts.prefix,
      siteUrl: facts.siteUrl,
      timeZone: facts.timeZone,
      currency: facts.currency,
      orderStorage: facts.orderStorage,
      cartTable,
      hasFormVibes: facts.formTables !== null,
      server: shop.serverVersion,
    };
    output.result(found, () => {
      output.line(`Loja conectada: ${name} (${slug}), ${facts.siteUrl ?? 'sem endereço'}.`);
      output.line(
        `  Pedidos: ${facts.orderStorage === 'hpos' ? 'HPOS' : facts.orderStorage === 'legacy' ? 'clássicos (wp_posts)' : 'WooCommerce não encontrado'}`,
      );
      output.line(`  Carrinhos: ${cartTable ? facts.prefix + cartTable : 'nenhuma tabela de carrinhos encontrada'}`);
      output.line(
        `  Formulários: ${facts.formTables ? facts.prefix + facts.formTables.entries : 'Form Vibes não encontrado'}`,
      );
      output.line(`  Fuso ${facts.timeZone ?? '–'}, moeda ${facts.currency ?? '–'}, servidor ${shop.serverVersion}`);
      output.line(
        `Diga quais campos do formulário são nome e WhatsApp: carrinho loja mapear --empresa=${tenant.slug} --loja=${slug} --nome=… --whatsapp=…`,
      );
    });
  },
};

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

const mappingKeys = { nome: 'name_key', whatsapp: 'phone_key', email: 'email_key', tamanho: 'size_key' } as const;

const map: Command = {
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

export const siteCommands = [connect, list, edit, map];
