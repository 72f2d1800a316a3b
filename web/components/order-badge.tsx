// An order's class as a badge, with the status that the shop itself calls it.
import { type OrderClass, orderClassLabels, orderStatusLabel } from '../messages.ts';
import { Badge, type Tone } from './badge.tsx';
import type { IconName } from './icon.tsx';

const tones: Readonly<Record<OrderClass, Tone>> = { paid: 'good', awaiting_payment: 'warn', void: 'calm' };
const icons: Readonly<Partial<Record<OrderClass, IconName>>> = { void: 'close' };

type OrderState = { orderClass: OrderClass; wcStatus: string; missingSince?: Date | null };

export function OrderBadge({ order }: { order: OrderState }) {
  const { orderClass, wcStatus, missingSince } = order;
  return (
    <span class="stack">
      <Badge tone={tones[orderClass]} icon={icons[orderClass]}>
        {orderClassLabels[orderClass]}
      </Badge>
      <span class="reason">{missingSince ? 'Removido na loja' : orderStatusLabel(wcStatus)}</span>
    </span>
  );
}
