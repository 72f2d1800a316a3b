// The rows of leads, carts, orders and people as programs read them, from `carrinho listar --json` and from the API alike. The statement of each list
// (sql/queries) names its columns as here; ids and money are strings (money with two decimals), instants ISO 8601 in UTC.
import { z } from 'zod';
import { customerStatuses } from './customer-statuses.ts';

const id = z.string().regex(/^\d+$/);
const money = z.string().regex(/^-?\d+\.\d\d$/);
const instant = z.iso.datetime();
const decimal = z.string().regex(/^-?\d+\.\d$/);

export const leadRow = z.strictObject({
  sourceId: id.describe('Número na loja; de um lead cadastrado à mão, um número nosso'),
  formId: z.string(),
  submittedAt: instant.nullable(),
  name: z.string().nullable(),
  phoneRaw: z.string().nullable().describe('Como foi digitado; null para quem não vê contatos'),
  phoneE164: z.string().nullable(),
  phoneStatus: z.enum(['valid', 'fictitious', 'invalid', 'empty']),
  phoneKind: z.enum(['mobile', 'landline', 'international']).nullable(),
  email: z.string().nullable(),
  size: z.string().nullable(),
  customerStatus: z.enum(['was_customer', 'became_customer', 'not_customer']).nullable(),
  firstPaidAt: instant.nullable(),
  purchaseDays: decimal.nullable().describe('Do envio ao primeiro pedido pago; negativo: a compra foi antes'),
});

const cartMatch = z.strictObject({
  orderSourceId: id,
  class: z.enum(['paid', 'awaiting_payment']),
  keys: z.array(z.string()).nullable(),
  score: z.int(),
});

export const cartRow = z.strictObject({
  sourceId: id.describe('Número na loja'),
  email: z.string().nullable(),
  phoneE164: z.string().nullable(),
  total: money.nullable(),
  itemCount: z.int(),
  pluginStatus: z.string(),
  status: z.enum(['abandoned', 'waiting', 'recovered', 'purchased', 'removed']).nullable(),
  reason: z.string().nullable(),
  firstActivityAt: instant,
  lastActivityAt: instant,
  matches: z.array(cartMatch).describe('Pedidos pagos e aguardando que correspondem, o melhor primeiro'),
  bestOrderSourceId: id.nullable(),
  creditedOrderSourceId: id.nullable(),
  creditedValue: money.nullable(),
  score: z.int().nullable(),
  causalClass: z.enum(['contacted', 'plugin_email', 'spontaneous', 'prior_purchase']).nullable(),
});

export const orderRow = z.strictObject({
  sourceId: id.describe('Número na loja'),
  wcStatus: z.string(),
  class: z.enum(['paid', 'awaiting_payment', 'void']),
  total: money,
  refunded: money,
  net: money,
  currency: z.string(),
  createdAt: instant.nullable(),
  emailKey: z.string().nullable(),
  phoneKeys: z.array(z.string()),
});

export const customerRow = z.strictObject({
  personId: id,
  name: z.string().nullable(),
  email: z.string().nullable(),
  phoneE164: z.string().nullable(),
  keyCount: z.int().describe('E-mails e telefones da pessoa'),
  paidOrders: z.int(),
  net: money,
  average: money.nullable(),
  currency: z.string(),
  firstPaidAt: instant.nullable(),
  lastPaidAt: instant.nullable(),
  medianIntervalDays: decimal.nullable(),
  recency: z.int().nullable(),
  frequency: z.int().nullable(),
  monetary: z.int().nullable(),
  status: z.enum(Object.values(customerStatuses) as [string, ...string[]]),
  lastSeenAt: instant.nullable(),
});

export type LeadRow = z.infer<typeof leadRow>;
export type CartRow = z.infer<typeof cartRow>;
export type OrderRow = z.infer<typeof orderRow>;
export type CustomerRow = z.infer<typeof customerRow>;

/** A row as a driver gives it, without our id by which lists page, and with instants as text. */
export function rowOf<Row>({ id: _, ...found }: { id: string }): Row {
  const texts = Object.entries(found).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(texts) as Row;
}
