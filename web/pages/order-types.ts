// The plain objects that the order pages show. Amounts are minor units as text, except item lines, refunds and coupons (decimal text as the shop
// has them).
import type { CartId, OrderId, PersonId } from '#shared/ids.ts';
import type { ErasedFor } from '../components/erased.tsx';
import type { PhoneFacts } from '../components/phone.tsx';
import type { ShopAccount } from '../components/shop-account.tsx';
import type { CartReason, CartStatus, OrderClass } from '../messages.ts';

/** The tabs of the list (`?classe=`), with the class that each one shows. */
export const orderTabs = {
  todos: null,
  pago: 'paid',
  aguardando: 'awaiting_payment',
  anulado: 'void',
} as const satisfies Record<string, OrderClass | null>;
export type OrderTab = keyof typeof orderTabs;

export type OrderRow = {
  id: OrderId;
  orderNumber: string;
  /** Null when the shop's date can't be read. */
  createdAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  /** Null without a usable e-mail or phone. */
  personId: PersonId | null;
  email: string | null;
  emailRaw: string | null;
  wcStatus: string;
  orderClass: OrderClass;
  paymentMethod: string | null;
  createdVia: string | null;
  totalMinor: string;
  refundedMinor: string;
  currency: string;
  missingSince: Date | null;
  /** Pieces of the line items, as decimal text. */
  itemQuantity: string | null;
  /** The recovered cart that this order is the best match of; the credited one first. */
  cartId: CartId | null;
  cartReason: CartReason | null;
  creditedMinor: string | null;
  /** Null: the order is not paid, or nobody is known to have placed it. */
  isRepeat: boolean | null;
};

/** An order in the list of a period. */
export type ListedOrder = OrderRow & {
  /** What it adds to the shop's own report of the period, as decimal text: sales without tax and shipping, minus refunds dated in it. */
  reported: string;
  /** It was created in the period; else the report only has its refund. */
  isReported: boolean;
};

export type OrderItem = {
  kind: 'line_item' | 'shipping' | 'fee';
  name: string;
  attributes: string | null;
  quantity: string | null;
  total: string | null;
};
export type OrderRefund = { amount: string; reason: string | null; refundedAt: Date | null };
export type OrderCoupon = { code: string; discount: string | null };
export type OrderCart = {
  cartId: CartId;
  name: string | null;
  status: CartStatus;
  reason: CartReason;
  score: number;
  totalMinor: string;
  currency: string;
  lastActivityAt: Date;
  /** This order is the cart's best match; creditedMinor only when it also has the credit. */
  isBest: boolean;
  creditedMinor: string | null;
};
export type OtherOrder = Pick<
  OrderRow,
  'id' | 'orderNumber' | 'createdAt' | 'wcStatus' | 'orderClass' | 'totalMinor' | 'currency'
>;

export type OrderDetail = OrderRow &
  PhoneFacts & {
    siteName: string;
    /** Why its personal data are gone; null: they are not. */
    erasedFor: ErasedFor;
    paidAt: Date | null;
    city: string | null;
    state: string | null;
    account: ShopAccount | null;
    items: OrderItem[];
    refunds: OrderRefund[];
    coupons: OrderCoupon[];
    carts: OrderCart[];
    others: OtherOrder[];
  };
