// The shops of the current company, for the filter of the lists.
import type { SiteId } from '#shared/ids.ts';
import type { Tx } from '../db.ts';

export type SiteName = { id: SiteId; slug: string; name: string };

export async function listSiteNames(tx: Tx): Promise<SiteName[]> {
  return [...(await tx<SiteName[]>`select id, slug, name from sites order by name, id`)];
}

/** The shop that a query string names; null for none, and for what this company doesn't have. */
export function findSite(sites: readonly SiteName[], slug: string | undefined): SiteName | null {
  return sites.find((site) => site.slug === slug) ?? null;
}
