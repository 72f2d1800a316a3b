// What the engine must know of one shop before it reads it: its connection with secrets opened, its mapping, and each setting with the
// shop's own value first, then what the shop said of itself, then the company's.
import { AppError } from '#shared/errors.ts';
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { SecretBox } from '#shared/secrets.ts';
import type { ConnectionSettings } from './connections/connection.ts';
import { findConnection } from './connections/connection-store.ts';
import type { TenantClient } from './db.ts';

export class SiteNotFoundError extends AppError {
  readonly code = 'site_not_found';
  readonly retry = 'never';
}
/** The shop was created but nobody has said how to reach it. */
export class ConnectionMissingError extends AppError {
  readonly code = 'connection_missing';
  readonly retry = 'after-fix';
}

/** Which answer of a form is what; empty plugin and form = the shop's default. */
export type FieldMapping = {
  formPlugin: string;
  formId: string;
  nameKey: string | null;
  phoneKey: string | null;
  emailKey: string | null;
  sizeKey: string | null;
};

export type SiteSettings = {
  tenantId: TenantId;
  siteId: SiteId;
  slug: string;
  tablePrefix: string | null;
  cartTable: string | null;
  siteUrl: string | null;
  orderStorage: 'hpos' | 'legacy' | null;
  /** Resolved; the `own` values are what a person chose for this shop, before anything detected. */
  timeZone: string;
  ownTimeZone: string | null;
  currency: string;
  ownCurrency: string | null;
  tenantCurrency: string;
  areaCode: string | null;
  cutOffMinutes: number;
  windowAfterMinutes: number;
  mappings: FieldMapping[];
  isSuspended: boolean;
};

type SiteRow = {
  slug: string;
  table_prefix: string | null;
  cart_table: string | null;
  site_url: string | null;
  order_storage: 'hpos' | 'legacy' | null;
  time_zone: string | null;
  detected_time_zone: string | null;
  currency: string | null;
  detected_currency: string | null;
  area_code: string | null;
  tenant_time_zone: string;
  tenant_currency: string;
  tenant_area_code: string | null;
  cut_off_minutes: number;
  window_after_minutes: number;
  is_suspended: boolean;
  mappings: FieldMapping[];
};

const mappingsOf = `select form_plugin as "formPlugin", form_id as "formId", name_key as "nameKey", phone_key as "phoneKey", email_key as "emailKey",
                           size_key as "sizeKey"
                    from field_mappings where tenant_id = $1 and site_id = $2`;

/** Settings of one shop of the client's tenant. Throws SiteNotFoundError. */
export async function loadSite(client: TenantClient, siteId: SiteId): Promise<SiteSettings> {
  const { rows } = await client.query<SiteRow>(
    `select s.slug, s.table_prefix, s.cart_table, s.site_url, s.order_storage, s.time_zone, s.detected_time_zone, s.currency, s.detected_currency,
            s.area_code, t.time_zone as tenant_time_zone, t.currency as tenant_currency, t.area_code as tenant_area_code,
            t.cut_off_minutes, t.window_after_minutes, t.suspended_at is not null as is_suspended,
            (select coalesce(json_agg(m), '[]') from (${mappingsOf}) m) as mappings
     from sites s join tenants t on t.id = s.tenant_id
     where s.tenant_id = $1 and s.id = $2`,
    [client.tenantId, siteId],
  );
  const site = rows[0];
  if (!site) throw new SiteNotFoundError(`site ${siteId} is not of tenant ${client.tenantId}`);
  return {
    tenantId: client.tenantId,
    siteId,
    slug: site.slug,
    tablePrefix: site.table_prefix,
    cartTable: site.cart_table,
    siteUrl: site.site_url,
    orderStorage: site.order_storage,
    timeZone: site.time_zone ?? site.detected_time_zone ?? site.tenant_time_zone,
    ownTimeZone: site.time_zone,
    currency: site.currency ?? site.detected_currency ?? site.tenant_currency,
    ownCurrency: site.currency,
    tenantCurrency: site.tenant_currency,
    areaCode: site.area_code ?? site.tenant_area_code,
    cutOffMinutes: site.cut_off_minutes,
    windowAfterMinutes: site.window_after_minutes,
    mappings: site.mappings,
    isSuspended: site.is_suspended,
  };
}

export async function loadMappings(client: TenantClient, siteId: SiteId): Promise<FieldMapping[]> {
  const { rows } = await client.query<FieldMapping>(mappingsOf, [client.tenantId, siteId]);
  return rows;
}

/** How to reach the shop, secrets opened. Throws ConnectionMissingError, or what SecretBox.open throws for another key. */
export async function loadConnection(
  client: TenantClient,
  siteId: SiteId,
  box: SecretBox,
): Promise<ConnectionSettings> {
  const connection = await findConnection({ client, siteId, box });
  if (!connection) throw new ConnectionMissingError(`site ${siteId}: no connection was saved`);
  return connection;
}
