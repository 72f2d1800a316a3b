// The four lists as their addresses know them: tabs, filters and orders with their words. What a figure's link asks (`conta`, `credito` …) is a filter
// too, shown as a chip only. Each filter has its condition in api/queries/<list>.ts, under the same name.
import type { ExportList } from '#shared/exports/formats.ts';
import { paths } from './paths.ts';

type Words = Readonly<Record<string, string>>;

export type Filter =
  /** One of these; its chip says the value alone unless the words need the label. */
  | { kind: 'choice'; label: string; values: Words; isPrefixed?: true; isOnlyByLink?: true }
  /** Something that the company has: a shop, a form, a tag, a user. */
  | { kind: 'own'; label: string }
  | { kind: 'money'; label: string }
  | { kind: 'text'; label: string; hint: string }
  /** Amounts in this currency only. */
  | { kind: 'currency' };

export type ListDefinition = {
  title: string;
  /** `lead`, `leads`. */
  one: string;
  many: string;
  isFeminine?: true;
  path(slug: string, query: Readonly<Record<string, string | undefined>>): string;
  tabParam: string;
  tabs: Words;
  defaultTab: string;
  /** The tab in which a search looks from the default one. */
  searchTab: string;
  tabsLabel: string;
  filters: Readonly<Record<string, Filter>>;
  /** The first is the default. */
  sorts: Words;
  searchHint: string;
};

const contact = {
  contato: {
    kind: 'choice',
    label: 'Contato',
    values: {
      nenhum: 'Sem contato',
      algum: 'Com contato',
      sem_whatsapp: 'WhatsApp não enviado',
      whatsapp: 'WhatsApp enviado',
      sem_email: 'E-mail não enviado',
      email: 'E-mail enviado',
      ha_3: 'Último contato há mais de 3 dias',
      ha_7: 'Último contato há mais de 7 dias',
      ha_15: 'Último contato há mais de 15 dias',
    },
  },
  operador: { kind: 'own', label: 'Contatado por' },
  com_etiqueta: { kind: 'own', label: 'Etiqueta' },
} as const satisfies Record<string, Filter>;

/** The days of the week, Monday first. */
export const weekdays: Words = {
  1: 'Segunda-feira',
  2: 'Terça-feira',
  3: 'Quarta-feira',
  4: 'Quinta-feira',
  5: 'Sexta-feira',
  6: 'Sábado',
  7: 'Domingo',
};
/** `Das 14 h às 15 h` */
export const hourText = (hour: number | string) => `Das ${hour} h às ${Number(hour) + 1} h`;
/** A cell of the report by the clock. */
const clock = {
  dia: { kind: 'choice', label: 'Dia da semana', isOnlyByLink: true, values: weekdays },
  hora: {
    kind: 'choice',
    label: 'Hora',
    isOnlyByLink: true,
    values: Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, hourText(hour)])),
  },
} as const satisfies Record<string, Filter>;

const site = { loja: { kind: 'own', label: 'Loja' } } as const satisfies Record<string, Filter>;
const value = {
  valor_min: { kind: 'money', label: 'Valor a partir de' },
  valor_max: { kind: 'money', label: 'Valor até' },
} as const satisfies Record<string, Filter>;
const currency = { moeda: { kind: 'currency' } } as const satisfies Record<string, Filter>;
const byTime = { recentes: 'Mais recentes', antigos: 'Mais antigos' } as const;
const byName = { nome: 'Nome' } as const;
const byValue = { maior_valor: 'Maior valor', menor_valor: 'Menor valor' } as const;

const scores = { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5' };

const states = 'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

export const listDefinitions = {
  leads: {
    title: 'Leads',
    one: 'lead',
    many: 'leads',
    path: paths.leads,
    tabParam: 'cliente',
    tabs: {
      todos: 'Todos',
      ja_era: 'Já eram clientes',
      virou: 'Viraram clientes',
      ainda_nao: 'Ainda não são clientes',
    },
    defaultTab: 'todos',
    searchTab: 'todos',
    tabsLabel: 'Leads por relação com a loja',
    searchHint: 'Nome, e-mail ou telefone',
    sorts: { ...byTime, ...byName },
    filters: {
      situacao: {
        kind: 'choice',
        label: 'Situação',
        isPrefixed: true,
        values: { novo: 'Novo', contactado: 'Contactado', potencial: 'Potencial', perdido: 'Perdido' },
      },
      ...contact,
      telefone: {
        kind: 'choice',
        label: 'Telefone',
        isPrefixed: true,
        values: {
          movel: 'Celular',
          fixo: 'Fixo',
          internacional: 'Internacional',
          sem_ddd: 'Sem DDD',
          invalido: 'Inválido',
          ficticio: 'Fictício',
          vazio: 'Sem telefone',
          sem_valido: 'Sem número válido',
        },
      },
      formulario: { kind: 'own', label: 'Formulário' },
      endereco: { kind: 'text', label: 'Página', hint: '/promocao' },
      origem: {
        kind: 'choice',
        label: 'Origem',
        values: { formulario: 'De formulário da loja', manual: 'Cadastrado à mão' },
      },
      tamanho: { kind: 'text', label: 'Tamanho', hint: '38' },
      repetido: {
        kind: 'choice',
        label: 'Número repetido',
        isOnlyByLink: true,
        values: { sim: 'Com o número de um lead anterior' },
      },
      ...clock,
      ...site,
    },
  },
  carrinhos: {
    title: 'Carrinhos',
    one: 'carrinho',
    many: 'carrinhos',
    path: paths.carts,
    tabParam: 'situacao',
    tabs: {
      aguardando: 'Aguardando',
      abandonados: 'Abandonados',
      recuperados: 'Recuperados',
      todos: 'Todos',
      compra_direta: 'Compra direta',
    },
    defaultTab: 'abandonados',
    searchTab: 'todos',
    tabsLabel: 'Situação dos carrinhos',
    searchHint: 'Nome, e-mail, telefone ou número',
    sorts: { ...byTime, ...byValue, ...byName },
    filters: {
      conta: {
        kind: 'choice',
        label: 'Conta',
        isOnlyByLink: true,
        values: {
          taxa: 'Na taxa de recuperação',
          recuperados: 'Recuperados que contam na taxa',
          original: 'Na taxa como no sistema original',
          original_recuperados: 'Recuperados como no sistema original',
        },
      },
      ...contact,
      ...value,
      telefone: {
        kind: 'choice',
        label: 'Telefone',
        values: {
          com: 'Com telefone válido',
          sem_whatsapp: 'Telefone fixo ou inválido',
          so_email: 'Sem telefone, só e-mail',
          vazio: 'Sem telefone',
          sem_valido: 'Sem telefone válido',
        },
      },
      janela: {
        kind: 'choice',
        label: 'Janela',
        values: {
          aberta: 'Janela aberta',
          faltam_3: 'Faltam até 3 dias',
          faltam_7: 'Faltam até 7 dias',
          encerrada: 'Janela encerrada',
        },
      },
      motivo: {
        kind: 'choice',
        label: 'Motivo da espera',
        values: { pagamento: 'Pagamento pendente', andamento: 'Em andamento' },
      },
      classe: {
        kind: 'choice',
        label: 'Como voltou',
        values: {
          com_contato: 'Com contato',
          email_do_plugin: 'E-mail do plugin',
          espontanea: 'Espontânea',
          compra_anterior: 'Compra anterior',
        },
      },
      confianca: {
        kind: 'choice',
        label: 'Confiança',
        isPrefixed: true,
        values: { alta: 'Alta', media: 'Média', baixa: 'Baixa' },
      },
      credito: {
        kind: 'choice',
        label: 'Crédito',
        isOnlyByLink: true,
        values: { sim: 'Com crédito na moeda da empresa' },
      },
      voltou: {
        kind: 'choice',
        label: 'Voltou',
        isOnlyByLink: true,
        values: {
          1: 'Voltou em até 1 dia',
          3: 'Voltou em até 3 dias',
          7: 'Voltou em até 7 dias',
          14: 'Voltou em até 14 dias',
        },
      },
      demora: {
        kind: 'choice',
        label: 'Tempo até recuperar',
        isOnlyByLink: true,
        values: {
          hora: 'Recuperado em até 1 hora',
          dia: 'Recuperado entre 1 e 24 horas',
          tres_dias: 'Recuperado entre 1 e 3 dias',
          semana: 'Recuperado entre 3 e 7 dias',
          duas_semanas: 'Recuperado entre 7 e 14 dias',
          depois: 'Recuperado depois de 14 dias',
        },
      },
      observado: {
        kind: 'choice',
        label: 'Contato com a pessoa',
        isOnlyByLink: true,
        values: {
          contatados: 'Da taxa, pessoa contatada depois do começo',
          contatados_voltaram: 'Recuperados com contato',
          nao_contatados: 'Da taxa, pessoa não contatada',
          nao_contatados_voltaram: 'Recuperados sem contato',
        },
      },
      produto: { kind: 'own', label: 'Produto' },
      ...clock,
      atividade: { kind: 'choice', label: 'Última atividade', values: { '24h': 'Nas últimas 24 horas' } },
      vezes: { kind: 'choice', label: 'Abandonos', values: { 2: 'Abandonou 2 vezes ou mais' } },
      removidos: {
        kind: 'choice',
        label: 'Na loja',
        values: { sim: 'Removidos na loja', nao: 'Ainda na loja' },
      },
      ...site,
      ...currency,
    },
  },
  pedidos: {
    title: 'Pedidos',
    one: 'pedido',
    many: 'pedidos',
    path: paths.orders,
    tabParam: 'classe',
    tabs: { todos: 'Todos', pago: 'Pagos', aguardando: 'Aguardando', anulado: 'Anulados' },
    defaultTab: 'todos',
    searchTab: 'todos',
    tabsLabel: 'Pedidos por classe',
    searchHint: 'Número, nome, e-mail ou telefone',
    sorts: { ...byTime, ...byValue },
    filters: {
      conta: { kind: 'choice', label: 'Conta', isOnlyByLink: true, values: { woocommerce: 'Como no WooCommerce' } },
      carrinho: {
        kind: 'choice',
        label: 'Carrinho',
        values: {
          aguardando: 'Pendentes de carrinhos do período',
          recuperou: 'Recuperou carrinho',
          creditado: 'Recuperou carrinho da taxa, com crédito',
          nao_recuperou: 'Não recuperou carrinho',
        },
      },
      metodo: {
        kind: 'choice',
        label: 'Pagamento',
        values: { pix: 'Pix', boleto: 'Boleto', cartao: 'Cartão', outro: 'Outro pagamento' },
      },
      ...value,
      compra: { kind: 'choice', label: 'Compra', values: { primeira: '1ª compra', recorrente: 'Compra recorrente' } },
      ...contact,
      telefone: {
        kind: 'choice',
        label: 'Telefone',
        values: { com: 'Com telefone válido', sem_valido: 'Sem telefone válido' },
      },
      cupom: { kind: 'text', label: 'Cupom', hint: 'VOLTA10' },
      origem: {
        kind: 'choice',
        label: 'Origem',
        values: { loja: 'Feito na loja', equipe: 'Criado pela equipe', outra: 'Outra origem' },
      },
      utm: { kind: 'text', label: 'Campanha (UTM)', hint: 'instagram' },
      ...clock,
      ...site,
      ...currency,
    },
  },
  clientes: {
    title: 'Clientes',
    one: 'pessoa',
    many: 'pessoas',
    isFeminine: true,
    path: paths.customers,
    tabParam: 'situacao',
    tabs: {
      todos: 'Todos',
      vip: 'VIP',
      recorrente: 'Recorrentes',
      primeira_compra: '1ª compra',
      inativo: 'Inativos',
      so_abandonou: 'Só abandonaram',
      nunca_comprou: 'Nunca compraram',
    },
    defaultTab: 'todos',
    searchTab: 'todos',
    tabsLabel: 'Clientes por situação',
    searchHint: 'Nome, e-mail, telefone ou pedido',
    sorts: { recentes: 'Vistos por último', maior_valor: 'Maior total', ultima_compra: 'Última compra' },
    filters: {
      com_pedido: { kind: 'choice', label: 'Pedido pago no período', values: { 1: 'Comprou no período' } },
      recorrentes: { kind: 'choice', label: 'Recompra no período', values: { 1: 'Voltou a comprar no período' } },
      estreia: {
        kind: 'choice',
        label: 'Compra no período',
        isOnlyByLink: true,
        values: {
          1: '1ª compra no período',
          '1_voltou': '1ª compra no período, e comprou de novo',
          2: '2ª compra no período',
          '2_voltou': '2ª compra no período, e comprou de novo',
        },
      },
      meses_depois: {
        kind: 'choice',
        label: 'Comprou de novo',
        isOnlyByLink: true,
        values: Object.fromEntries(
          Array.from({ length: 12 }, (_, at) => [at + 1, `Comprou ${at + 1} ${at === 0 ? 'mês' : 'meses'} depois`]),
        ),
      },
      r: { kind: 'choice', label: 'Recência', isPrefixed: true, isOnlyByLink: true, values: scores },
      f: { kind: 'choice', label: 'Frequência', isPrefixed: true, isOnlyByLink: true, values: scores },
      ultima_compra: {
        kind: 'choice',
        label: 'Última compra',
        isPrefixed: true,
        values: { 30: 'até 30 dias', 90: 'até 90 dias', 180: 'até 180 dias', mais_180: 'há mais de 180 dias' },
      },
      ausencia: { kind: 'choice', label: 'Ausência', values: { '2x': 'Sumiu: mais de 2× o próprio intervalo' } },
      rfm: {
        kind: 'choice',
        label: 'RFM',
        values: {
          campeoes: 'Campeões',
          fieis: 'Fiéis',
          promissores: 'Promissores',
          em_risco: 'Em risco',
          hibernando: 'Hibernando',
        },
      },
      ...value,
      com_etiqueta: contact.com_etiqueta,
      uf: {
        kind: 'choice',
        label: 'UF',
        isPrefixed: true,
        values: Object.fromEntries(states.map((state) => [state, state])),
      },
      cidade: { kind: 'text', label: 'Cidade', hint: 'Campinas' },
      ...site,
    },
  },
} as const satisfies Record<ExportList, ListDefinition>;
