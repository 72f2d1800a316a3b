// The plain objects that the cart pages show. Amounts are minor units as text, except item lines (decimal text as the shop has them).
import type { CartId, PersonId } from '#shared/ids.ts';
import type { Recovery } from '#shared/recovery.ts';
import type { ContactState } from '../components/contact-types.ts';
import type { ErasedFor } from '../components/erased.tsx';
import type { PhoneFacts } from '../components/phone.tsx';
import type { ShopAccount } from '../components/shop-account.tsx';
import type { listDefinitions } from '../list-filters.ts';
import type { CartReason, CartStatus, OrderClass } from '../messages.ts';

/** The tabs of the list; `compra_direta` is a filter beside them. */
export type CartTab = keyof (typeof listDefinitions)['carrinhos']['tabs'];

export type CartRow = PhoneFacts & {
  id: CartId;
  name: string | null;
  email: string | null;
  emailRaw: string | null;
  itemCount: number;
  /** The first two. */
  itemNames: (string | null)[] | null;
  totalMinor: string;
  currency: string;
  firstActivityAt: Date;
  lastActivityAt: Date;
  returnCount: number;
  status: CartStatus;
  reason: CartReason;
  score: number | null;
  /** Null when another cart has the credit of the order. */
  creditedMinor: string | null;
  orderNumber: string | null;
  orderTotalMinor: string | null;
  orderCurrency: string | null;
  orderClass: OrderClass | null;
  orderCreatedAt: Date | null;
  paymentMethod: string | null;
  voidOrderNumber: string | null;
  voidOrderStatus: string | null;
};

/** A row of the list, with whether the person was contacted. */
export type CartListRow = CartRow & { contact: ContactState };

export type CartItem = { name: string | null; attributes: string | null; quantity: string; lineTotal: string | null };

export type CartDetail = CartRow & {
  siteName: string;
  missingSince: Date | null;
  /** Why its personal data are gone; null: they are not. */
  erasedFor: ErasedFor;
  city: string | null;
  state: string | null;
  couponCode: string | null;
  /** Null without a usable e-mail or phone. */
  personId: PersonId | null;
  /** Of the first matching order that names one. */
  account: ShopAccount | null;
  items: CartItem[];
  recovery: Recovery;
};
