// A way from a record to everything of its person; a record without a usable e-mail or phone has none.
import type { Child } from 'hono/jsx';
import type { PersonId } from '#shared/ids.ts';
import { paths } from '../paths.ts';

type PersonLinkProps = { personId: PersonId | null; slug: string; children?: Child };

export function PersonLink({ personId, slug, children }: PersonLinkProps) {
  if (!personId) return <>{children}</>;
  return <a href={paths.customer(slug, personId)}>{children}</a>;
}
