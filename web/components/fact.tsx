// One line of a <dl class="facts">.
import type { Child } from 'hono/jsx';

export function Fact({ label, children }: { label: string; children?: Child }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
