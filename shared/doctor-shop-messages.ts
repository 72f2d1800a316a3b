// What the doctor says of the shop itself (checks 11 to 16): one plain sentence and one remedy for each code. The command line and the pages show the
// same words; `facts` hold names of tables and keys, counts and times, never what a shopper typed.
import { runMessage } from './run-messages.ts';
import type { ShopMessage } from './shop-messages.ts';

type Facts = Record<string, string | undefined>;

const nothing = 'Nada a fazer.';
const number = (text: string | undefined) => Number(text ?? 0).toLocaleString('pt-BR');
const counted = (text: string | undefined, one: string, many: string) =>
  `${number(text)} ${Number(text ?? 0) === 1 ? one : many}`;
const storages: Record<string, string> = { hpos: 'tabelas próprias (HPOS)', legacy: 'posts' };
const ago = (days: string | undefined) =>
  days === undefined ? 'sem data' : days === '0' ? 'de hoje' : `de há ${counted(days, 'dia', 'dias')}`;
const attributionText = ({ attribution }: Facts) =>
  attribution === 'on' ? 'a atribuição de origem está ligada' : 'sem atribuição de origem (UTM) nos pedidos mais novos';

/** `3 min`, `2 h`: long waits need no seconds. */
function spanText(seconds: string | undefined): string {
  const value = Number(seconds ?? 0);
  if (value < 90) return `${Math.max(1, Math.round(value))} s`;
  return value < 5400 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}

export const doctorShopTexts: Record<string, (facts: Facts) => ShopMessage> = {
  // 11 — the prefix
  prefix_found: (f) => ({
    sentence: `Loja encontrada: prefixo ${f.prefix}${f.siteUrl ? `, ${f.siteUrl}` : ''}${f.blogName ? ` (${f.blogName})` : ''}.`,
    remedy: nothing,
  }),
  wordpress_missing: () => ({
    sentence: 'Não há tabelas do WordPress nesse banco.',
    remedy: 'Confira o nome do banco e se o usuário enxerga as tabelas (privilégio SELECT).',
  }),
  prefix_choice: (f) => ({
    sentence: `Há mais de uma instalação do WordPress nesse banco: ${f.found}.`,
    remedy: 'Veja pelo endereço qual é a loja e escolha o prefixo dela (--prefixo=…).',
  }),
  prefix_gone: (f) => ({
    sentence: `O prefixo ${f.wanted} não existe nesse banco.${f.found ? ` Há: ${f.found}.` : ''}`,
    remedy: 'Confira se o banco foi trocado e escolha o prefixo da loja (--prefixo=…).',
  }),
  // 12 — orders
  orders_found: (f) => ({
    sentence: `${counted(f.count, 'pedido', 'pedidos')} em ${storages[f.storage ?? ''] ?? 'WooCommerce'}, o mais novo ${ago(f.days)}; ${attributionText(f)}.`,
    remedy:
      f.attribution === 'on'
        ? nothing
        : 'Para provar que uma venda veio do contato, ligue “Atribuição de pedidos” em WooCommerce → Configurações → Avançado → Funcionalidades.',
  }),
  woocommerce_missing: () => ({
    sentence: 'Não há WooCommerce nessa instalação do WordPress.',
    remedy: 'Confira se o prefixo escolhido é o da loja e se o WooCommerce está instalado nela.',
  }),
  orders_none: () => ({
    sentence: 'O WooCommerce está instalado, mas ainda não há pedidos.',
    remedy: 'Se a loja já vende, este é outro banco: confira o nome do banco e o prefixo.',
  }),
  orders_old: (f) => ({
    sentence: `O pedido mais novo é ${ago(f.days)}: banco de testes?`,
    remedy: 'Compare com o painel da loja. Se lá há pedidos mais novos, conecte o banco da loja que está no ar.',
  }),
  // 13 — carts
  carts_found: (f) => ({
    sentence: `${counted(f.count, 'carrinho', 'carrinhos')} de ${f.plugin}, ${f.phonePercent}% com telefone, o último ${ago(f.days)}.`,
    remedy:
      f.recoveryPage === 'no'
        ? 'A página de finalização desses carrinhos não existe mais: o link de recuperação não abriria.'
        : nothing,
  }),
  carts_none: (f) => ({
    sentence: `${f.plugin} está instalado, mas ainda não há carrinhos.`,
    remedy: 'Deixe um carrinho na loja com um e-mail digitado: ele aparece em alguns minutos.',
  }),
  carts_missing: () => ({
    sentence: 'Não há um plugin de carrinhos abandonados conhecido nessa loja.',
    remedy: 'Instale o “WooCommerce Cart Abandonment Recovery” (CartFlows). Pedidos e leads são lidos sem ele.',
  }),
  cart_table_choice: (f) => ({
    sentence: `Há mais de uma tabela de carrinhos: ${f.found}.`,
    remedy: 'Escolha a do plugin que está ativo (--tabela-carrinho=…). Os carrinhos não são lidos até lá.',
  }),
  carts_without_phone: (f) => ({
    sentence: `Carrinhos sem telefone: só ${f.phonePercent}% dos últimos ${f.sampled} têm um.`,
    remedy:
      'O plugin só guarda o campo “Telefone” (billing_phone) do checkout. Se a loja pede o celular em outro campo (billing_cellphone, do Brazilian Market), ligue também o “Telefone” e torne-o obrigatório. Nos carrinhos de agora usamos o telefone de um pedido com o mesmo e-mail.',
  }),
  wp_cron_stopped: (f) => runMessage('wp_cron_stopped', { count: f.stuck }),
  carts_old: (f) => ({
    sentence: `O último carrinho é ${ago(f.days)}: o plugin de carrinhos está ativo?`,
    remedy: 'Confira na loja se o plugin está ativo e com o rastreamento de carrinhos ligado.',
  }),
  // 14 — forms
  forms_mapped: (f) => ({
    sentence: `${counted(f.count, 'envio', 'envios')} de ${counted(f.forms, 'formulário', 'formulários')}; o mapeamento acha os campos.`,
    remedy: nothing,
  }),
  forms_found: (f) => ({
    sentence: `${counted(f.count, 'envio', 'envios')} de ${counted(f.forms, 'formulário', 'formulários')}; os campos ainda não estão mapeados.`,
    remedy: 'Confira o mapeamento sugerido e aceite-o (carrinho loja mapear --sugerir --aplicar).',
  }),
  forms_none: () => ({
    sentence: 'O Form Vibes está instalado, mas ainda não guardou nenhum envio.',
    remedy: 'Envie um formulário da loja: ele aparece aqui em um minuto.',
  }),
  forms_missing: () => ({
    sentence: 'Não há Form Vibes nessa loja: não haverá leads.',
    remedy: 'Se a loja tem formulários de contato, instale o Form Vibes; ele guarda os envios de daí em diante.',
  }),
  form_keys_changed: (f) => ({
    sentence: `As chaves do formulário mudaram: “${f.title}” não traz mais ${f.oldKey}; agora há ${f.newKey}.`,
    remedy: `Aceite a sugestão (carrinho loja mapear --formulario=${f.form} --sugerir --aplicar): os leads já lidos são mapeados de novo.`,
  }),
  form_unmapped: (f) => ({
    sentence: `O mapeamento não acha nenhum contato no formulário “${f.title}”: ele não tem ${f.oldKey}, tem ${f.newKey}.`,
    remedy: `Aceite a sugestão para ele (carrinho loja mapear --formulario=${f.form} --sugerir --aplicar).`,
  }),
  // 15 — clock, time zone, text
  clock_and_text_fine: (f) => ({
    sentence: `Relógio certo, fuso ${f.timeZone}, acentos lidos como devem.`,
    remedy: nothing,
  }),
  clock_skew: (f) => ({
    sentence: `O relógio do banco está ${f.skewSeconds} s ${f.direction === 'ahead' ? 'adiantado' : 'atrasado'}.`,
    remedy: 'Peça à hospedagem que acerte o relógio (NTP). Se for o deste servidor que está errado, acerte o daqui.',
  }),
  time_zone_utc: () => ({
    sentence: 'O WordPress está em UTC: os horários da loja podem estar 3 horas à frente dos de Brasília.',
    remedy: 'Escolha a cidade em Configurações → Geral → Fuso horário. O que já foi gravado continua lido como UTC.',
  }),
  time_zone_differs: (f) => ({
    sentence: `O WordPress diz ${f.timeZone}, mas grava com ${f.observed}.`,
    remedy:
      'Confira o fuso em Configurações → Geral; se ele está certo, diga aqui o fuso em que a loja grava (--fuso=…).',
  }),
  text_garbled: () => ({
    sentence: 'Acentos e emojis chegam trocados deste banco.',
    remedy: 'Algo entre nós e o banco (um intermediário) descarta SET NAMES utf8mb4. Conecte direto ou por SSH.',
  }),
  text_double_encoded: (f) => ({
    sentence: `Há textos com acentos codificados duas vezes (como “SÃ£o”): ${number(f.texts)} nas linhas mais novas.`,
    remedy: 'São corrigidos ao ler; na loja nada muda. Para mendar lá, converta as tabelas latin1 para utf8mb4.',
  }),
  // 16 — speed
  speed_fine: (f) => ({
    sentence: `Uma linha em ${f.rowMs} ms, mil em ${f.thousandMs} ms: a primeira leitura (≈ ${number(f.rows)} linhas) deve levar ≈ ${spanText(f.firstSyncSeconds)}.`,
    remedy: nothing,
  }),
  shop_answers_slowly: (f) => ({
    sentence: `A loja responde devagar: uma linha em ${f.rowMs} ms, mil em ${f.thousandMs} ms; a primeira leitura deve levar ≈ ${spanText(f.firstSyncSeconds)}.`,
    remedy: 'Funciona, só demora. Se a hospedagem tem horário de pico, faça a primeira leitura fora dele.',
  }),
};

/** What checks 11 to 14 give as `details`: choices, forms with the mapping that their answers suggest, and what else is wrong. */
export type DoctorShopDetails = {
  candidates?: { prefix: string; siteUrl: string | null; blogName: string | null }[];
  tables?: string[];
  /** Of the newest orders. */
  orderStatuses?: { status: string; count: number }[];
  forms?: {
    formPlugin: string;
    formId: string;
    title: string | null;
    entryCount: number;
    keys: { name: string | null; phone: string | null; email: string | null; size: string | null };
  }[];
  also?: { code: string; facts: Record<string, string> }[];
};

const keyLabels = { name: 'nome', phone: 'WhatsApp', email: 'e-mail', size: 'tamanho' } as const;

function orderStatusLine(statuses: NonNullable<DoctorShopDetails['orderStatuses']>): string {
  const looked = statuses.reduce((sum, { count }) => sum + count, 0);
  const found = statuses.map(({ status, count }) => `${status} ${count}`).join(' · ');
  return `${looked === 1 ? 'Situação do pedido mais novo' : `Situações dos ${looked} pedidos mais novos`}: ${found}`;
}

/** The lines under the sentence, in the order in which a person needs them. */
export function doctorShopLines({
  candidates = [],
  tables = [],
  orderStatuses = [],
  forms = [],
  also = [],
}: DoctorShopDetails): string[] {
  return [
    ...(candidates.length > 1
      ? candidates.map(({ prefix, siteUrl, blogName }) =>
          [prefix, siteUrl ?? 'sem endereço', blogName && `(${blogName})`].filter(Boolean).join(' '),
        )
      : []),
    ...tables,
    ...(orderStatuses.length > 0 ? [orderStatusLine(orderStatuses)] : []),
    ...forms.map(({ formPlugin, formId, title, entryCount, keys }) => {
      const found = (['name', 'phone', 'email', 'size'] as const).flatMap((meaning) =>
        keys[meaning] === null ? [] : [`${keyLabels[meaning]} = ${keys[meaning]}`],
      );
      const form = title === null ? `${formPlugin}:${formId}` : `“${title}” (${formPlugin}:${formId})`;
      const mapping = found.length === 0 ? 'nenhum campo de contato reconhecido' : found.join(' · ');
      return `${form}, ${counted(String(entryCount), 'resposta', 'respostas')}: ${mapping}`;
    }),
    ...also.flatMap(({ code, facts }) => {
      const words = doctorShopTexts[code]?.(facts);
      return words ? [`${words.sentence} ${words.remedy}`] : [];
    }),
  ];
}
