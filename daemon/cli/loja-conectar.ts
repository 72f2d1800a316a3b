// `loja conectar`: tests first and saves only what works. A choice that the database leaves open (several WordPress prefixes, several cart tables)
// is offered, never guessed.
import { readFile } from 'node:fs/promises';
import { ConfigError } from '#shared/errors.ts';
import type { SiteId } from '#shared/ids.ts';
import { openSecretBox } from '#shared/secrets.ts';
import { slugOf, slugPattern } from '#shared/slug.ts';
import { type ConnectionSettings, openShop } from '../connections/connection.ts';
import { findConnection, saveConnection } from '../connections/connection-store.ts';
import { discoverShop, type ShopFacts, shopTablesOf } from '../connections/discover.ts';
import { type TenantClient, withTenant } from '../db.ts';
import type { Source } from '../source.ts';
import { loadSources } from '../source-registry.ts';
import { besideRun } from '../sync/beside-run.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  choiceOption,
  integerOption,
  required,
  tenantOption,
  UsageError,
} from './command.ts';
import { notifySettings, readSchedules, readSiteSettings, saveSchedules, siteSettings } from './site-options.ts';

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

/** The connection that the options describe; what they leave out is taken from `known`. UsageError with everything that is missing. */
export async function readConnection(
  context: CommandContext,
  known: ConnectionSettings | null,
): Promise<ConnectionSettings> {
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

function chooseCartTable({ options }: CommandContext, facts: ShopFacts, sources: readonly Source[]): string | null {
  const wanted = options['tabela-carrinho'];
  if (wanted !== undefined) {
    const found = facts.cartTables.find((table) => table === wanted || `${facts.prefix}${table}` === wanted);
    if (!found)
      throw new CommandError(
        `A tabela "${wanted}" não tem a forma de carrinhos abandonados. Há: ${facts.cartTables.join(', ') || 'nenhuma'}.`,
      );
    return found;
  }
  const tables = shopTablesOf(facts.tables);
  const labelOf = (table: string) =>
    sources.find(({ cartTables }) => cartTables?.(tables).includes(table))?.label ?? '';
  if (facts.cartTables.length > 1) {
    throw new CommandError(
      `Há ${facts.cartTables.length} tabelas de carrinhos. Escolha uma:\n${facts.cartTables.map((table) => `  --tabela-carrinho=${table}   ${labelOf(table)}`).join('\n')}`,
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

/** How to reach a shop's database, and what in it is the shop. */
export const connectionOptions: Command['options'] = {
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
};

export const connectCommand: Command = {
  name: 'loja conectar',
  summary: 'Conecta uma loja (testa antes; só salva o que funciona)',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    nome: { value: 'NOME', help: 'nome da loja' },
    loja: { value: 'SLUG', help: 'nome curto da loja (padrão: feito do nome); de uma que já existe, muda a conexão' },
    ...connectionOptions,
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
    const box = await openSecretBox(config);
    const known = await withTenant(pool, tenant.id, async (client) => {
      const site = await siteBySlug(client, slug);
      return site ? { site, connection: await findConnection({ client, siteId: site.id, box }) } : null;
    });
    const name = context.options.nome ?? known?.site.name ?? required(context, 'nome');
    const settings = await readConnection(context, known?.connection ?? null);

    const sources = await loadSources();
    const discover = async () => {
      const shop = await openShop(settings, { allowedNetworks: config.allowedShopNetworks, log });
      try {
        const facts = await choosePrefix(context, (prefix) =>
          discoverShop(shop.gateway, { sources, ...(prefix !== undefined && { prefix }) }),
        );
        return { facts, serverVersion: shop.serverVersion };
      } finally {
        await shop.close();
      }
    };
    const { facts, serverVersion } = known ? await besideRun(pool, known.site.id, discover) : await discover();
    const cartTable = chooseCartTable(context, facts, sources);

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
        `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '* * * * *'), ($1, $2, 'reconcile', '17 * * * *'), ($1, $2, 'full', night_cron($2))
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
      server: serverVersion,
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
      output.line(`  Fuso ${facts.timeZone ?? '–'}, moeda ${facts.currency ?? '–'}, servidor ${serverVersion}`);
      output.line(
        `Diga quais campos do formulário são nome e WhatsApp: carrinho loja mapear --empresa=${tenant.slug} --loja=${slug} --nome=… --whatsapp=…`,
      );
    });
  },
};
