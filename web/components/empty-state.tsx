// A list without rows says why, and what to do next.
import type { Child } from 'hono/jsx';
import { Icon, type IconName } from './icon.tsx';

export function EmptyState({ icon = 'inbox', title, children }: { icon?: IconName; title: string; children?: Child }) {
  return (
    <div class="empty">
      <Icon name={icon} size={36} />
      <p class="empty-title">{title}</p>
      {children ? <p>{children}</p> : ''}
    </div>
  );
}
