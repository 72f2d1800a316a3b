// From which id a poll looks at all rows again. Carts are edited and deleted in place without any date that says so, e-mails get sent: every
// record that may still change lies above the floor.
import type { Target } from '../source.ts';
import type { CopyPlace } from './copies.ts';

/** A cart is left alone by the plugin after 30 days (docs/wordpress.md §4.3). */
const openDays = 35;
/** Without any open record, so many of the newest ids are still looked at. */
const newestIds = 2_000n;

/** The id below the lowest open record of ours, or below the newest 2,000 ids when none is open. */
export async function findOpenFloor({ client, site, source }: CopyPlace, target: Target, now: Date): Promise<string> {
  const values = [client.tenantId, site.siteId, source];
  const { rows } =
    target === 'cart'
      ? await client.query<{ open: string | null; highest: string | null }>(
          `select min(external_id) filter (where missing_since is null and plugin_status in ('normal', 'abandoned') and last_activity_at > $4) as open,
                  max(external_id) as highest
           from carts where tenant_id = $1 and site_id = $2 and source = $3 and is_current`,
          [...values, new Date(now.getTime() - openDays * 86_400_000)],
        )
      : await client.query<{ open: string | null; highest: string | null }>(
          `select min(external_id) filter (where missing_since is null and state = 'scheduled') as open, max(external_id) as highest
           from cart_emails where tenant_id = $1 and site_id = $2 and source = $3`,
          values,
        );
  const { open, highest } = rows[0]!;
  const floor = open === null ? BigInt(highest ?? 0) - newestIds : BigInt(open) - 1n;
  return String(floor < 0n ? 0n : floor);
}
