// A shop opened for reading, and what it says of itself today: plugins come and go, the order storage switches, a staging copy takes the
// shop's place. Detected settings are kept on the site's row; what a person chose always wins.
import { AppError } from '#shared/errors.ts';
import type { SiteId } from '#shared/ids.ts';
import { type ConnectionSettings, openShop, type Shop } from '../connections/connection.ts';
import { discoverShop, type ShopFacts, shopTablesOf } from '../connections/discover.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { loadConnection, loadSite, type SiteSettings } from '../settings.ts';
import type { ShopContext, Source } from '../source.ts';
import { type FormTitle, readFormTitles } from '../wordpress/form-titles.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';
import type { Engine } from './engine.ts';
import type { Warning } from './run-record.ts';

/** No WordPress, or several of which nobody chose one: a person must say which. */
export class PrefixUnclearError extends AppError {
  readonly code = 'prefix_unclear';
  readonly retry = 'after-fix';
}

export type OpenSite = {
  shop: Shop;
  context: ShopContext;
  site: SiteSettings;
  /** The shop's own clock. */
  shopNow: Date;
  warnings: Warning[];
  /** What the options looked like of which `context` was made, and whether that was an earlier run's look: then they may have changed since. */
  optionsLook: string;
  isRecalled: boolean;
  /** What the shop is, asked anew on the same connection. */
  askAgain(): Promise<OpenSite>;
  /** Something of it is not as we took it for: the next run asks. */
  forget(): void;
  /** Ends the reading: the connection is kept for the next run, or closed when anything went wrong. */
  leave(isWell: boolean): Promise<void>;
};

/** A connection to a shop, and as what it was opened. */
export type Line = { settings: ConnectionSettings; shop: Shop };

/**
 * Connects (unless a run has a `line` already), discovers, and saves what was detected; `recalls`: what an earlier run has discovered will do. The
 * caller closes `shop`, or leaves. Throws ShopError and PrefixUnclearError.
 */
export async function openSite(
  engine: Engine,
  before: SiteSettings,
  { recalls = false, now = new Date(), line }: { recalls?: boolean; now?: Date; line?: Line | null | undefined } = {},
): Promise<OpenSite> {
  const { pool, box, quiet, lines } = engine;
  const { tenantId, siteId } = before;
  const settings =
    line?.settings ?? (await withTenant(pool, tenantId, (client) => loadConnection(client, siteId, box)));
  const place = placeOf(before, settings);
  const shop = line?.shop ?? (await openNew(engine, settings));
  try {
    const known = recalls ? quiet?.recallFacts(place, now) : null;
    return known ? describe(known, before, true) : await ask();
  } catch (error) {
    await shop.close();
    throw error;
  }

  async function ask(): Promise<OpenSite> {
    const facts = await discoverShop(shop.gateway, {
      prefix: before.tablePrefix,
      sources: engine.sources,
      asksNeighbours: false,
    });
    if (facts.prefix === null) {
      const found = facts.prefixes.map(({ prefix }) => prefix).join(', ');
      throw new PrefixUnclearError(`site ${siteId}: prefixes found: ${found || 'none'}`, { facts: { found } });
    }
    const site = await withTenant(pool, tenantId, async (client) => {
      await saveDetected(client, before, facts, engine.sources);
      await saveFormTitles(client, siteId, readFormTitles(facts.options.fv_forms));
      return await loadSite(client, siteId);
    });
    quiet?.rememberFacts(place, facts, now);
    return describe(facts, site, false);
  }

  function describe(facts: ShopFacts, site: SiteSettings, isRecalled: boolean): OpenSite {
    return {
      shop,
      site,
      shopNow: parseGmt(facts.clockGmt ?? '') ?? new Date(),
      warnings: warningsOf(before, facts, site),
      context: shopContextOf(facts, site),
      optionsLook: facts.optionsLook,
      isRecalled,
      askAgain: ask,
      forget: () => quiet?.forgetFacts(place),
      leave: (isWell) => (isWell && lines ? lines.give(settings, shop) : shop.close()),
    };
  }
}

/** A connection of its own. */
export function openNew({ shopLimits, allowedShopNetworks, log }: Engine, settings: ConnectionSettings): Promise<Shop> {
  return openShop(settings, { ...shopLimits, allowedNetworks: allowedShopNetworks, log });
}

export function warningsOf(before: SiteSettings, facts: ShopFacts, site: SiteSettings): Warning[] {
  const warnings: Warning[] = [];
  if (before.siteUrl !== null && facts.siteUrl !== null && before.siteUrl !== facts.siteUrl) {
    warnings.push({ code: 'site_url_changed', facts: { before: before.siteUrl, now: facts.siteUrl } });
  }
  if (chooseCartTable(site, facts) === null && facts.cartTables.length > 0) {
    warnings.push({ code: 'cart_table_unclear', facts: { found: facts.cartTables.join(', ') } });
  }
  return warnings;
}

/** Where a shop is read, so that another server, user or prefix is another shop. */
export const placeOf = (
  { siteId, tablePrefix }: SiteSettings,
  { host, port, user, database, ssh }: ConnectionSettings,
): string => JSON.stringify([siteId, tablePrefix, host, port, user, database, ssh?.host, ssh?.port]);

/** What sources may know of a shop whose prefix is clear. */
export function shopContextOf(
  facts: ShopFacts,
  site: Pick<SiteSettings, 'cartTable' | 'timeZone' | 'currency'>,
): ShopContext {
  return {
    prefix: facts.prefix ?? '',
    basePrefix: facts.basePrefix,
    tables: shopTablesOf(facts.tables),
    orderStorage: facts.orderStorage,
    cartTable: chooseCartTable(site, facts),
    timeZone: site.timeZone,
    currency: site.currency,
  };
}

/** The chosen table while the shop has it, else the only one there is. */
function chooseCartTable(site: Pick<SiteSettings, 'cartTable'>, { cartTables }: ShopFacts): string | null {
  if (site.cartTable !== null) return cartTables.includes(site.cartTable) ? site.cartTable : null;
  return cartTables.length === 1 ? cartTables[0]! : null;
}

async function saveDetected(
  client: TenantClient,
  site: SiteSettings,
  facts: ShopFacts,
  sources: readonly Source[],
): Promise<void> {
  await client.query(
    `update sites set table_prefix = coalesce(table_prefix, $3), site_url = coalesce(site_url, $4), detected_time_zone = $5,
                      detected_currency = coalesce($6, detected_currency), order_storage = coalesce($7, order_storage)
     where tenant_id = $1 and id = $2
       and (table_prefix is null or site_url is null or (detected_time_zone, detected_currency, order_storage) is distinct from
            ($5::text, coalesce($6::text, detected_currency), coalesce($7::text, order_storage)))`,
    [
      client.tenantId,
      site.siteId,
      facts.prefix,
      facts.siteUrl,
      facts.timeZone,
      /^[A-Z]{3}$/.test(facts.currency) ? facts.currency : null,
      facts.orderStorage,
    ],
  );
  const hasSwitched =
    site.orderStorage !== null && facts.orderStorage !== null && site.orderStorage !== facts.orderStorage;
  if (!hasSwitched) return;
  // Migrated orders keep their old dates: a cursor by date would pass them by (docs/wordpress.md §2).
  const orderSources = sources.filter(({ streams }) => streams.some(({ target }) => target === 'order'));
  await client.query('delete from cursors where tenant_id = $1 and site_id = $2 and source = any($3::text[])', [
    client.tenantId,
    site.siteId,
    orderSources.map(({ name }) => name),
  ]);
}

/** Keeps what the shop calls its forms; a title that is as it was writes nothing. Forms deleted in the shop keep theirs: their leads stay. */
async function saveFormTitles(client: TenantClient, siteId: SiteId, titles: FormTitle[]): Promise<void> {
  if (titles.length === 0) return;
  await client.query(
    `insert into form_titles as known (tenant_id, site_id, form_plugin, form_id, title)
     select $1, $2, form_plugin, form_id, title
     from unnest($3::text[], $4::text[], $5::text[]) given (form_plugin, form_id, title)
     where not exists (select from form_titles same where same.tenant_id = $1 and same.site_id = $2 and same.form_plugin = given.form_plugin
                         and same.form_id = given.form_id and same.title = given.title)
     on conflict (tenant_id, site_id, form_plugin, form_id) do update set title = excluded.title, updated_at = now()`,
    [
      client.tenantId,
      siteId,
      titles.map(({ formPlugin }) => formPlugin),
      titles.map(({ formId }) => formId),
      titles.map(({ title }) => title),
    ],
  );
}
