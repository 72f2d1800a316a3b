// What a figure's link asks of a list beyond tab and period (`?conta=taxa&janela=encerrada`): exactly the rows that the figure counts. The list shows each
// choice as a chip that can be taken off. What is not known filters nothing.

/** The words of each choice, by the value in the query string. */
export const cartChoices = {
  conta: {
    taxa: 'Na taxa de recuperação',
    recuperados: 'Recuperados que contam na taxa',
    original: 'Na taxa como no sistema original',
    original_recuperados: 'Recuperados como no sistema original',
  },
  classe: {
    com_contato: 'Com contato',
    email_do_plugin: 'E-mail do plugin',
    espontanea: 'Espontânea',
    compra_anterior: 'Compra anterior',
  },
  motivo: { pagamento: 'Pagamento pendente', andamento: 'Em andamento' },
  janela: { aberta: 'Janela aberta', encerrada: 'Janela encerrada' },
  credito: { sim: 'Com crédito na moeda da empresa' },
  telefone: { sem_whatsapp: 'Telefone fixo ou inválido' },
  atividade: { '24h': 'Nas últimas 24 horas' },
} as const;

export const orderChoices = {
  conta: { woocommerce: 'Como no WooCommerce' },
  carrinho: { aguardando: 'Pendentes de carrinhos do período' },
} as const;

type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The chosen value of each choice, and `moeda`: only amounts in this currency. */
export type Choices<Of extends Known> = { [Name in keyof Of]?: keyof Of[Name] & string } & { moeda?: string };
export type CartChoices = Choices<typeof cartChoices>;
export type OrderChoices = Choices<typeof orderChoices>;

/** Reads the choices of a query; an unknown value is none. */
export function parseChoices<Of extends Known>(
  known: Of,
  query: Readonly<Record<string, string | undefined>>,
): Choices<Of> {
  const pairs = Object.entries(known).flatMap(([name, values]) =>
    query[name] !== undefined && Object.hasOwn(values, query[name]) ? [[name, query[name]]] : [],
  );
  const currency = /^[A-Z]{3}$/.test(query.moeda ?? '') ? { moeda: query.moeda } : {};
  return { ...Object.fromEntries(pairs), ...currency } as Choices<Of>;
}

/** `Janela encerrada`, with the query that is left without it. */
export function choiceChips(known: Known, choices: object): { label: string; rest: Record<string, string> }[] {
  const pairs = Object.entries(choices) as [string, string][];
  return pairs.map(([name, value]) => ({
    label: name === 'moeda' ? `Em ${value}` : known[name]![value]!,
    rest: Object.fromEntries(pairs.filter(([other]) => other !== name)),
  }));
}
