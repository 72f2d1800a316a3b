// `empresa criar|listar|editar`: the companies of this installation and their settings.
import { slugOf, slugPattern } from '#shared/slug.ts';
import { isTimeZone } from '#shared/time-zone.ts';
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

const settings = {
  nome: { value: 'NOME', help: 'nome da empresa' },
  fuso: { value: 'FUSO', help: 'fuso horário (padrão America/Sao_Paulo)' },
  moeda: { value: 'BRL', help: 'moeda das contas' },
  ddd: { value: '11', help: 'DDD presumido em telefones sem DDD' },
  'janela-antes': { value: 'HORAS', help: 'horas antes do carrinho em que um pedido ainda conta (padrão 48)' },
  'janela-depois': { value: 'HORAS', help: 'horas depois do carrinho em que um pedido ainda conta (padrão 720)' },
  corte: { value: 'MINUTOS', help: 'minutos parado até um carrinho ser abandonado (padrão 60)' },
  'vinculo-indireto': {
    value: 'sim|nao',
    help: 'um pedido ligado só por outro registro da pessoa recupera (padrão nao)',
  },
  'sem-contato-na-taxa': { value: 'sim|nao', help: 'carrinhos sem e-mail e telefone contam na taxa (padrão nao)' },
};

/** Column → value for the settings that were given. UsageError for a value that can't be. */
function readSettings(context: CommandContext): Record<string, string | number | boolean> {
  const { nome, fuso, moeda, ddd } = context.options;
  const values: Record<string, string | number | boolean> = {};
  if (nome !== undefined) values.name = nome;
  if (fuso !== undefined) {
    if (!isTimeZone(fuso)) throw new UsageError(`"${fuso}" não é um fuso horário. Exemplo: America/Sao_Paulo.`);
    values.time_zone = fuso;
  }
  if (moeda !== undefined) {
    if (!/^[A-Z]{3}$/.test(moeda)) throw new UsageError(`"${moeda}" não é uma moeda. Exemplo: BRL.`);
    values.currency = moeda;
  }
  if (ddd !== undefined) {
    if (!/^[1-9][1-9]$/.test(ddd)) throw new UsageError(`"${ddd}" não é um DDD. Exemplo: 11.`);
    values.area_code = ddd;
  }
  const before = integerOption(context, 'janela-antes', { min: 0, max: 720 });
  const after = integerOption(context, 'janela-depois', { min: 1, max: 8760 });
  const cutOff = integerOption(context, 'corte', { min: 5, max: 1440 });
  const indirect = choiceOption(context, 'vinculo-indireto', ['sim', 'nao']);
  const keyless = choiceOption(context, 'sem-contato-na-taxa', ['sim', 'nao']);
  if (indirect !== undefined) values.counts_indirect_links = indirect === 'sim';
  if (keyless !== undefined) values.counts_carts_without_keys = keyless === 'sim';
  if (before !== undefined) values.window_before_minutes = before * 60;
  if (after !== undefined) values.window_after_minutes = after * 60;
  if (cutOff !== undefined) values.cut_off_minutes = cutOff;
  return values;
}

const create: Command = {
  name: 'empresa criar',
  summary: 'Cria uma empresa',
  options: {
    slug: { value: 'SLUG', help: 'nome curto dos endereços e comandos (padrão: feito do nome)' },
    ...settings,
  },
  examples: [
    'carrinho empresa criar --nome="Sapataria Sol" --ddd=48',
    'carrinho empresa criar --nome="Lua Modas" --slug=lua --fuso=America/Manaus',
  ],
  async run(context) {
    const name = required(context, 'nome');
    const slug = context.options.slug ?? slugOf(name);
    if (!slugPattern.test(slug))
      throw new UsageError(`"${slug}" não serve de slug: use letras sem acento, números e hífen.`);
    const values = { ...readSettings(context), slug };
    const columns = Object.keys(values);
    const { rows } = await context.pool.query<{ id: string }>(
      `insert into tenants (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) on conflict (slug) do nothing returning id`,
      Object.values(values),
    );
    if (!rows[0]) throw new CommandError(`Já existe uma empresa "${slug}".`);
    const { id } = rows[0];
    context.output.result({ id, slug, name }, () => context.output.line(`Empresa criada: ${name} (${slug}).`));
  },
};

const list: Command = {
  name: 'empresa listar',
  summary: 'Lista as empresas',
  options: {},
  examples: ['carrinho empresa listar', 'carrinho empresa listar --json'],
  async run({ pool, output }) {
    const { rows } = await pool.query(
      `select id, slug, name, time_zone as "timeZone", currency, area_code as "areaCode", window_before_minutes / 60 as "windowBeforeHours",
              window_after_minutes / 60 as "windowAfterHours", cut_off_minutes as "cutOffMinutes", suspended_at is not null as "isSuspended"
         from tenants order by slug`,
    );
    output.table(rows, {
      empresa: (row) => row.slug,
      nome: (row) => row.name,
      fuso: (row) => row.timeZone,
      moeda: (row) => row.currency,
      DDD: (row) => row.areaCode,
      janela: (row) => `−${row.windowBeforeHours} h … +${row.windowAfterHours} h`,
      corte: (row) => `${row.cutOffMinutes} min`,
      estado: (row) => (row.isSuspended ? 'suspensa' : 'ativa'),
    });
  },
};

const edit: Command = {
  name: 'empresa editar',
  summary: 'Muda as configurações de uma empresa',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    ...settings,
    suspender: { help: 'desliga a sincronização' },
    reativar: { help: 'liga de novo' },
  },
  examples: ['carrinho empresa editar --empresa=sol --corte=90', 'carrinho empresa editar --empresa=sol --suspender'],
  async run(context) {
    const tenant = await tenantOption(context);
    const values = readSettings(context);
    const assignments = Object.keys(values).map((column, index) => `${column} = $${index + 2}`);
    if (context.has('suspender')) assignments.push('suspended_at = coalesce(suspended_at, now())');
    if (context.has('reativar')) assignments.push('suspended_at = null');
    if (assignments.length === 0) throw new UsageError('Nada para mudar: diga ao menos uma opção.');
    await context.pool.query(`update tenants set ${assignments.join(', ')} where id = $1`, [
      tenant.id,
      ...Object.values(values),
    ]);
    await context.pool.query(`select pg_notify('carrinho_settings', json_build_object('tenant', $1::text)::text)`, [
      tenant.id,
    ]);
    const needsRecompute = [
      'cut_off_minutes',
      'window_before_minutes',
      'window_after_minutes',
      'currency',
      'counts_indirect_links',
    ].some((column) => column in values);
    context.output.result({ slug: tenant.slug, changed: Object.keys(values), needsRecompute }, () => {
      context.output.line(`Empresa ${tenant.slug} atualizada.`);
      if (needsRecompute)
        context.output.line(`As situações mudam depois de "carrinho recalcular --empresa=${tenant.slug}".`);
    });
  },
};

export const tenantCommands = [create, list, edit];
