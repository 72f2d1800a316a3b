// A short state with its icon: never colour alone.
import type { Child } from 'hono/jsx';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm';

const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  busy: 'sync',
  warn: 'clock',
  bad: 'alert',
  calm: 'dot',
};

export function Badge({ tone, icon, children }: { tone: Tone; icon?: IconName; children?: Child }) {
  return (
    <span class={`badge badge-${tone}`}>
      <Icon name={icon ?? toneIcons[tone]} size={14} />
      <span>{children}</span>
    </span>
  );
}
