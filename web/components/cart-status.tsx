// A cart's status with its reason in words: badge, reason, confidence and the order that it is about.
import { type Clock, durationText, moneyText } from '../format.ts';
import {
  type CartStatus,
  cartReasonLabels,
  cartStatusLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '../messages.ts';
import type { CartRow } from '../pages/cart-types.ts';
import { Badge, type Tone } from './badge.tsx';
import type { IconName } from './icon.tsx';

const tones: Readonly<Record<CartStatus, Tone>> = {
  waiting: 'warn',
  abandoned: 'bad',
  recovered: 'good',
  purchased: 'calm',
  removed: 'calm',
};
const icons: Readonly<Partial<Record<CartStatus, IconName>>> = { abandoned: 'cart', purchased: 'bag' };

export function CartStatusBadge({ status }: { status: CartStatus }) {
  return (
    <Badge tone={tones[status]} icon={icons[status]}>
      {cartStatusLabels[status]}
    </Badge>
  );
}

type ReasonContext = { clock: Clock; windowAfterMinutes: number };

/** The reason of a status, e.g. `Pix gerado há 38 min, não pago` or `Faltam 12 dias`. */
export function cartReasonText(cart: CartRow, { clock, windowAfterMinutes }: ReasonContext): string {
  const reason = baseReason(cart, { clock, windowAfterMinutes });
  const isOpen = cart.status === 'abandoned';
  if (!isOpen || !cart.voidOrderNumber) return reason;
  return `${reason} · pedido ${cart.voidOrderNumber} ${voidOrderText(cart.voidOrderStatus ?? '')}`;
}

function baseReason(cart: CartRow, { clock, windowAfterMinutes }: ReasonContext): string {
  switch (cart.reason) {
    case 'awaiting_payment': {
      const method = cart.paymentMethod ?? 'Pagamento';
      if (!cart.orderCreatedAt) return `${method} ainda não pago`;
      const seconds = Math.max(0, (clock.now.getTime() - cart.orderCreatedAt.getTime()) / 1000);
      return `${method} gerado há ${durationText(seconds)}, não pago`;
    }
    case 'window_open': {
      const endsAt = cart.lastActivityAt.getTime() + windowAfterMinutes * 60_000;
      const days = Math.ceil((endsAt - clock.now.getTime()) / 86_400_000);
      if (days <= 1) return 'Último dia da janela';
      return `Faltam ${days} dias`;
    }
    case 'contacted':
    case 'plugin_email':
    case 'spontaneous':
    case 'prior_purchase': {
      const label = cartReasonLabels[cart.reason];
      const sentence = label.charAt(0).toUpperCase() + label.slice(1);
      return cart.score === null ? sentence : `${sentence} · confiança ${confidenceLabels[confidenceOf(cart.score)]}`;
    }
    default:
      return cartReasonLabels[cart.reason];
  }
}

/** The order behind the status: number, total, and what of it is credited to this cart where that is not the whole. */
export function CartOrder({ cart }: { cart: CartRow }) {
  if (!cart.orderNumber || !cart.orderTotalMinor) return null;
  const total = moneyText(cart.orderTotalMinor, cart.orderCurrency ?? cart.currency);
  return (
    <span class="cart-order">
      Pedido {cart.orderNumber} · {total}
      {cart.status === 'recovered' && cart.creditedMinor !== cart.orderTotalMinor ? (
        <span class="faint">
          {cart.creditedMinor === null
            ? ' · crédito em outro carrinho'
            : ` · creditado ${moneyText(cart.creditedMinor, cart.orderCurrency ?? cart.currency)}`}
        </span>
      ) : (
        ''
      )}
    </span>
  );
}
