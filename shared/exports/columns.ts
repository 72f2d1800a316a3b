// The columns of each list in Excel and CSV, as the screens show them. A cell is text (what people typed), an id, money, a number or an instant;
// phones and ids are text of ours.
import { cartReasonLabels, cartStatusLabels } from '../cart-words.ts';
import { customerStatusLabels, orderClassLabels, personStatusLabels, stageLabels } from '../list-words.ts';
import { minorToDecimal } from '../money.ts';
import { formatPhone } from '../phone.ts';
import type { ExportList } from './formats.ts';
import type { ExportRow } from './row.ts';

export type Cell =
  | { kind: 'text'; text: string }
  /** Made of digits by us. */
  | { kind: 'id'; text: string }
  | { kind: 'money'; decimal: string; currency: string }
  | { kind: 'number'; value: number }
  | { kind: 'instant'; at: Date }
  | null;

export type Column = { key: string; heading: string; width: number; cell(row: ExportRow): Cell };

const textCell = (value: unknown): Cell =>
  value === null || value === undefined || value === '' ? null : { kind: 'text', text: String(value) };

const text = (key: string, heading: string, width = 18): Column => ({
  key,
  heading,
  width,
  cell: (row) => textCell(row[key]),
});
const coded = (key: string, heading: string, labels: Readonly<Record<string, string>>): Column => ({
  key,
  heading,
  width: 20,
  cell: (row) => textCell(labels[String(row[key])] ?? row[key]),
});
const money = (key: string, heading: string): Column => ({
  key,
  heading,
  width: 14,
  cell(row) {
    const minor = row[key];
    if (minor === null || minor === undefined) return null;
    return { kind: 'money', decimal: minorToDecimal(BigInt(String(minor))), currency: row.currency ?? '' };
  },
});
const number = (key: string, heading: string): Column => ({
  key,
  heading,
  width: 10,
  cell: (row) => (row[key] === null || row[key] === undefined ? null : { kind: 'number', value: Number(row[key]) }),
});
const instant = (key: string, heading: string): Column => ({
  key,
  heading,
  width: 17,
  cell: (row) => (row[key] instanceof Date ? { kind: 'instant', at: row[key] } : null),
});

/** `(11) 98765-4321`; abroad the digits without the plus, which would begin a formula. Nothing when nobody can be called there. */
const phone: Column = {
  key: 'phoneE164',
  heading: 'Telefone',
  width: 17,
  cell: ({ phoneE164, phoneStatus }) =>
    phoneE164 && phoneStatus === 'valid' ? { kind: 'id', text: formatPhone(phoneE164).replace(/^\+/, '') } : null,
};
const name = text('name', 'Nome', 28);
const email = text('email', 'E-mail', 30);
const city = text('city', 'Cidade');
const state = text('state', 'UF', 8);
const site = text('siteName', 'Loja');

const columns: Readonly<Record<ExportList, readonly Column[]>> = {
  leads: [
    name,
    phone,
    email,
    text('size', 'Tamanho', 10),
    coded('customerStatus', 'Cliente?', customerStatusLabels),
    coded('stage', 'Situação', stageLabels),
    instant('capturedAt', 'Capturado'),
    instant('firstPaidAt', '1ª compra'),
    text('form', 'Formulário'),
    text('pageUrl', 'Página', 30),
    site,
    text('number', 'Nº na loja', 12),
  ],
  carrinhos: [
    name,
    phone,
    email,
    text('products', 'Produtos', 40),
    number('itemCount', 'Itens'),
    money('valueMinor', 'Valor'),
    coded('status', 'Situação', cartStatusLabels),
    coded('reason', 'Motivo', cartReasonLabels),
    instant('firstActivityAt', 'Primeira atividade'),
    instant('lastActivityAt', 'Última atividade'),
    text('orderNumber', 'Pedido', 12),
    money('creditedMinor', 'Valor recuperado'),
    city,
    state,
    site,
    text('number', 'Nº na loja', 12),
  ],
  pedidos: [
    text('number', 'Pedido', 12),
    instant('createdAt', 'Criado'),
    name,
    phone,
    email,
    coded('orderClass', 'Situação', orderClassLabels),
    text('wcStatus', 'Situação na loja'),
    text('paymentMethod', 'Pagamento'),
    text('products', 'Produtos', 40),
    money('totalMinor', 'Valor'),
    money('refundedMinor', 'Reembolsado'),
    money('valueMinor', 'Líquido'),
    instant('paidAt', 'Pago em'),
    city,
    state,
    text('postcode', 'CEP', 12),
    site,
  ],
  clientes: [
    name,
    phone,
    email,
    coded('personStatus', 'Situação', personStatusLabels),
    number('paidOrderCount', 'Pedidos pagos'),
    money('valueMinor', 'Valor líquido'),
    instant('firstPaidAt', 'Primeira compra'),
    instant('lastPaidAt', 'Última compra'),
    instant('lastSeenAt', 'Último movimento'),
    number('recency', 'R'),
    number('frequency', 'F'),
    number('monetary', 'M'),
    city,
    state,
  ],
};

/** The columns of a list, or those of them that were chosen, in the list's order; none chosen is all. */
export function columnsOf(list: ExportList, chosen: readonly string[] = []): readonly Column[] {
  const found = columns[list].filter(({ key }) => chosen.includes(key));
  return found.length > 0 ? found : columns[list];
}
