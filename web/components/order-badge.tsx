// An order's class as a badge, with the status that the shop itself calls it and, in lists, how it is paid.
import { type OrderClass, orderClassLabels, orderStatusLabel } from '../messages.ts';
import { Badge, type Tone } from './badge.tsx';
import type { IconName } from './icon.tsx';

const tones: Readonly<Record<OrderClass, Tone>> = { paid: 'good', awaiting_payment: 'warn', void: 'calm' };
const icons: Readonly<Partial<Record<OrderClass, IconName>>> = { void: 'close' };

type OrderState = { orderClass: OrderClass; wcStatus: string; missingSince?: Date | null };

export function OrderBadge({ order, method = null }: { order: OrderState; method?: string | null }) {
  const { orderClass, wcStatus, missingSince } = order;
  const status = missingSince ? 'Removido na loja' : orderStatusLabel(wcStatus);
  // WooCommerce calls on-hold what the badge says already.
  const details = [status === orderClassLabels[orderClass] ? null : status, method].filter(Boolean);
  return (
    <span class="stack">
      <Badge tone={tones[orderClass]} icon={icons[orderClass]}>
        {orderClassLabels[orderClass]}
      </Badge>
      <span class="reason">
        {details.map((detail, index) => (
          <>
            {index > 0 ? ' · ' : ''}
            <bdi class="nowrap">{detail}</bdi>
          </>
        ))}
      </span>
    </span>
  );
}
