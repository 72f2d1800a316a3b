// What happens in a shop, before it is rows: submissions, carts, orders, refunds, e-mails. Money is whole cents, instants are Dates; the row
// builders turn them into the texts that each plugin writes.

export type Address = {
  firstName: string;
  lastName: string;
  email: string;
  /** As typed, with any mask; '' when left out. */
  phone: string;
  address1: string;
  city: string;
  state: string;
  postcode: string;
  country: string;
};

/** Fields of the Brazilian Market plugin; absent ones are not written. */
type Brazil = { cellphone?: string; cpf?: string; number?: string; neighborhood?: string };

export type Line = {
  productId: number;
  /** 0 for a product without variations. */
  variationId: number;
  name: string;
  /** `pa_tamanho` → `37`. */
  attributes: Record<string, string>;
  quantity: number;
  unitCents: number;
  /** Part of a bundle: its price is in the bundle's own line. */
  isBundleChild?: boolean;
};

export type Order = {
  /** Null until the shop numbers it. */
  id: number | null;
  /** As stored: `wc-processing`, `trash`, `auto-draft`. */
  status: string;
  currency: string;
  createdAt: Date;
  updatedAt: Date;
  paidAt: Date | null;
  completedAt: Date | null;
  /** checkout, store-api, admin, rest-api, subscription. */
  createdVia: string;
  /** 0 = guest. */
  userId: number;
  billing: Address;
  shipping: Address | null;
  brazil: Brazil;
  lines: Line[];
  shippingCents: number;
  discountCents: number;
  couponCodes: string[];
  totalCents: number;
  paymentMethod: string;
  paymentTitle: string;
  transactionId: string;
  ip: string;
  note: string;
  /** Order attribution: utm_source, utm_medium … written as `_wc_order_attribution_<key>`. */
  attribution: Record<string, string>;
  /** Any other meta: `_anonymized`, `_subscription_renewal` … */
  meta: Record<string, string>;
};

export type Refund = { id: number | null; parent: number; cents: number; reason: string; at: Date; currency: string };

type CartStatus = 'normal' | 'abandoned' | 'completed' | 'lost';

export type Cart = {
  id: number | null;
  sessionId: string;
  checkoutPageId: number;
  email: string;
  firstName: string;
  lastName: string;
  phone: string;
  city: string;
  state: string;
  postcode: string;
  lines: Line[];
  /** Replaces the serialized lines: a blob cut short by a crash. */
  rawContents?: string;
  totalCents: number;
  status: CartStatus;
  isUnsubscribed: boolean;
  couponCode: string | null;
  /** The last capture. 'zero' = 0000-00-00, null = never written. */
  time: Date | 'zero' | null;
  orderId: number | null;
  originalTotalCents: number | null;
};

export type FormEntry = {
  id: number | null;
  formPlugin: string;
  formId: string;
  at: Date;
  url: string;
  /** Key as Form Vibes builds it (`Whatsapp_8`) and the answer as typed. */
  answers: [key: string, value: string][];
};

export type CartEmail = {
  id: number | null;
  templateId: number;
  sessionId: string;
  couponCode: string | null;
  scheduledAt: Date;
  /** 0 scheduled, 1 sent, -1 cancelled because bought. */
  sent: -1 | 0 | 1;
};

/** Products, shipping and discounts added up; never below zero. */
export function totalOf({
  lines,
  shippingCents = 0,
  discountCents = 0,
}: {
  lines: Line[];
  shippingCents?: number;
  discountCents?: number;
}): number {
  const products = lines.reduce((sum, line) => sum + line.unitCents * line.quantity, 0);
  return Math.max(0, products + shippingCents - discountCents);
}

/** The least that makes an order, with the rest as a checkout with Pix by a guest leaves it. */
export type OrderInput = Partial<Omit<Order, 'billing'>> &
  Pick<Order, 'createdAt' | 'lines'> & { billing: Partial<Address> & Pick<Address, 'email'> };

export function addressOf(input: Partial<Address> & Pick<Address, 'email'>): Address {
  return {
    firstName: 'Ana',
    lastName: 'Souza',
    phone: '',
    address1: 'Rua das Acácias',
    city: 'São Paulo',
    state: 'SP',
    postcode: '01000-000',
    country: 'BR',
    ...input,
  };
}

export function orderOf(input: OrderInput): Order {
  const { shippingCents = 0, discountCents = 0 } = input;
  return {
    id: null,
    status: 'wc-pending',
    currency: 'BRL',
    updatedAt: input.createdAt,
    paidAt: null,
    completedAt: null,
    createdVia: 'checkout',
    userId: 0,
    shipping: null,
    brazil: {},
    couponCodes: [],
    paymentMethod: 'pix',
    paymentTitle: 'Pix',
    transactionId: '',
    ip: '203.0.113.10',
    note: '',
    attribution: {},
    meta: {},
    ...input,
    shippingCents,
    discountCents,
    totalCents: input.totalCents ?? totalOf({ lines: input.lines, shippingCents, discountCents }),
    billing: addressOf(input.billing),
  };
}
