// What sources hand to the engine: the shop's facts, cleaned of the shop's spelling but not judged. Texts as typed; decimals as strings;
// instants in UTC; absent is null. `fingerprint` is the same text that the stream's digest gives for the row.

type Decimal = string;

export type LeadRecord = {
  externalId: string;
  /** As written by the plugin: part of the natural key, because old servers use an id again. */
  capturedGmt: string;
  capturedAt: Date | null;
  formPlugin: string;
  formId: string;
  pageUrl: string | null;
  fingerprint: string;
};

export type LeadAnswerRecord = {
  externalId: string;
  leadExternalId: string;
  key: string;
  value: string;
  fingerprint: string;
};

export type CartItemRecord = {
  productId: string;
  variationId: string;
  name: string | null;
  /** `tamanho: 37`, as the shop writes them. */
  attributes: string | null;
  quantity: Decimal;
  lineTotal: Decimal | null;
  isBundleChild: boolean;
};

export type CartRecord = {
  externalId: string;
  sessionId: string;
  checkoutPageId: string | null;
  email: string | null;
  /** In the order of preference: a phone column, then other_fields. */
  phones: (string | null)[];
  firstName: string | null;
  lastName: string | null;
  city: string | null;
  /** UF where the record names one (billing state, or the state of its location). */
  state: string | null;
  postcode: string | null;
  /** The cart's own value: original_cart_total where the plugin overwrote cart_total with the order's. */
  total: Decimal | null;
  /** Where the plugin keeps it with the cart; else null, the shop's. */
  currency: string | null;
  /** 'normal' (being filled), 'abandoned', 'completed', 'lost'; anything else as the plugin writes it. */
  pluginStatus: string;
  isUnsubscribed: boolean;
  couponCode: string | null;
  orderExternalId: string | null;
  /** The shop's local text, and its instant. Null = unreadable: the row goes to quarantine. */
  timeText: string | null;
  activityAt: Date;
  items: CartItemRecord[];
  /** Why the items could not be read ('items_unreadable'); the cart itself lands. */
  parseError: string | null;
  fingerprint: string;
};

export type CartEmailRecord = {
  externalId: string;
  sessionId: string;
  couponCode: string | null;
  scheduledText: string | null;
  scheduledAt: Date | null;
  state: 'scheduled' | 'sent' | 'cancelled';
  fingerprint: string;
};

export type OrderItemRecord = {
  externalId: string;
  kind: 'line_item' | 'shipping' | 'fee';
  name: string;
  productId: string | null;
  variationId: string | null;
  quantity: Decimal | null;
  subtotal: Decimal | null;
  total: Decimal | null;
  totalTax: Decimal | null;
  attributes: string | null;
};

export type OrderRecord = {
  externalId: string;
  orderNumber: string | null;
  storage: 'hpos' | 'legacy';
  /** Without `wc-`. Drafts are skipped by the source and never get here. */
  wcStatus: string;
  currency: string;
  total: Decimal;
  taxTotal: Decimal;
  shippingTotal: Decimal;
  discountTotal: Decimal;
  customerExternalId: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  /** As typed: `_billing_cellphone`, billing phone, shipping phone. */
  cellphone: string | null;
  phone: string | null;
  shippingPhone: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  addressNumber: string | null;
  district: string | null;
  city: string | null;
  state: string | null;
  postcode: string | null;
  country: string | null;
  shippingState: string | null;
  /** CPF or CNPJ, digits only. */
  taxDocument: string | null;
  personType: 'individual' | 'company' | null;
  paymentMethod: string | null;
  paymentMethodTitle: string | null;
  createdVia: string | null;
  customerNote: string | null;
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  utmContent: string | null;
  isAnonymized: boolean;
  createdAt: Date | null;
  modifiedAt: Date | null;
  paidAt: Date | null;
  completedAt: Date | null;
  createdText: string | null;
  modifiedText: string | null;
  items: OrderItemRecord[];
  refunds: { externalId: string; amount: Decimal; reason: string | null; refundedAt: Date | null }[];
  coupons: { externalId: string; code: string; discount: Decimal | null }[];
  fingerprint: string;
};

/** A registered customer's account; never its login. */
export type CustomerRecord = {
  externalId: string;
  /** The account's own; the billing e-mail of its orders may differ. */
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  registeredAt: Date | null;
  billingPhone: string | null;
  billingCity: string | null;
  billingState: string | null;
  billingPostcode: string | null;
  billingCountry: string | null;
  hasCustomerRole: boolean;
  isPayingCustomer: boolean;
  /** As WooCommerce's caches say; null where it has not counted. */
  orderCount: number | null;
  totalSpent: Decimal | null;
  lastActiveAt: Date | null;
  /** When the account was last written, as far as it says: young ones are read again. */
  touchedAt: Date | null;
  /** Why a fact is missing ('registered_unreadable'); the account itself lands. */
  parseError: string | null;
  fingerprint: string;
};
