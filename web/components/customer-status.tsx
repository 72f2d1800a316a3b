// What a person is to the shop as a badge, and the three scores behind it.
import type { PersonStatus } from '#shared/customer-statuses.ts';
import { personStatusLabels } from '../messages.ts';
import type { Scores } from '../pages/customer-types.ts';
import { Badge, type Tone } from './badge.tsx';
import type { IconName } from './icon.tsx';

const tones: Readonly<Record<PersonStatus, Tone>> = {
  vip: 'good',
  recurring: 'good',
  first_purchase: 'busy',
  inactive: 'warn',
  only_abandoned: 'bad',
  never_bought: 'calm',
};
const icons: Readonly<Record<PersonStatus, IconName>> = {
  vip: 'star',
  recurring: 'check',
  first_purchase: 'bag',
  inactive: 'clock',
  only_abandoned: 'cart',
  never_bought: 'dot',
};

export function PersonStatusBadge({ status }: { status: PersonStatus }) {
  return (
    <Badge tone={tones[status]} icon={icons[status]}>
      {personStatusLabels[status]}
    </Badge>
  );
}

/** `R4 F2 M3`, each from 1 to 5. */
export function ScoresText({ of: { recency, frequency, monetary } }: { of: Scores }) {
  if (recency === null) return <span class="faint">—</span>;
  return (
    <abbr
      class="nowrap"
      title={`Recência ${recency}, frequência ${frequency}, valor ${monetary}; 5 é o melhor quinto dos clientes`}
    >
      R{recency} F{frequency} M{monetary}
    </abbr>
  );
}
