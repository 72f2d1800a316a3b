// The address of a company's style sheet carries its content's hash, so that it is kept for good and never old.
import { createHash } from 'node:crypto';
import { paths } from '#web/paths.ts';
import { themeCss } from '#web/theme.ts';
import type { Company } from './context.ts';

const themeHash = (color: string) => createHash('sha256').update(themeCss(color)).digest('hex').slice(0, 12);

/** Null for a company without a colour of its own. */
export function themeHref({ slug, themeColor }: Pick<Company, 'slug' | 'themeColor'>): string | null {
  return themeColor && paths.theme(slug, themeHash(themeColor));
}
