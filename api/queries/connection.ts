// What the Conexão screens read and ask: how each shop is reached (never a secret), what the doctor last found, which forms and order statuses there
// are. Whatever reaches a shop is left to the daemon as a command.
import type { CertificateRow } from '#shared/certificate.ts';
import {
  type ConnectionArgs,
  type ReadConnection,
  type SecretName,
  secretNames,
  type TypedConnection,
} from '#shared/connection-form.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import { type FormEntry, sampledEntries } from '#shared/mapping-suggestion.ts';
import { sealContext, sealFor } from '#shared/sealed-box.ts';
import { slugOf } from '#shared/slug.ts';
import type { DoctorRun, SavedSecret, ShopConnection, ShopLine } from '#web/pages/connection-types.ts';
import type { OrderStatusRow } from '#web/pages/mapping.tsx';
import { runQuery, type Tx } from '../db.ts';
import { HttpError } from '../http-error.ts';

/** Every shop with how it stands, by name. */
export async function listShops(tx: Tx): Promise<ShopLine[]> {
  return await tx<ShopLine[]>`
    select s.id, s.name, s.site_url, c.mode, c.host, c.ssh_host, c.database_name as database, c.site_id is not null as is_connected,
           exists (select from schedules p where p.tenant_id = s.tenant_id and p.site_id = s.id) as is_scheduled,
           d.errors, d.warnings, d.checked_at
    from sites s left join connections c on c.tenant_id = s.tenant_id and c.site_id = s.id
    left join lateral (
      select max(r.started_at) as checked_at, count(*) filter (where k.state = 'error')::integer as errors, count(*) filter (where k.state = 'warning')::integer as warnings
      from (select tenant_id, id, started_at from doctor_runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and not r.is_trial order by id desc limit 1) r
      join doctor_checks k on k.tenant_id = r.tenant_id and k.doctor_run_id = r.id) d on true
    order by s.name, s.id`;
}

type ConnectionRow = Omit<TypedConnection, 'ssh'> & {
  name: string;
  siteUrl: string | null;
  tablePrefix: string | null;
  cartTable: string | null;
  isScheduled: boolean;
  isConnected: boolean;
  sshHost: string | null;
  sshPort: number | null;
  sshUsername: string | null;
  sshHostKey: string | null;
  secretFacts: Partial<Record<SecretName, { at?: string; by?: string | null }>> | null;
  updatedAt: Date | null;
};

/** A shop and its saved connection without secrets; null when this company has no such shop. */
export async function findShop(tx: Tx, siteId: string): Promise<ShopConnection | null> {
  const [row] = await tx<ConnectionRow[]>`
    select s.name, s.site_url, s.table_prefix, s.cart_table, c.site_id is not null as is_connected, c.mode, c.host, c.port, c.username,
           c.database_name as database, c.tls_mode, c.tls_ca, c.tls_fingerprint, c.ssh_host, c.ssh_port, c.ssh_username, c.ssh_host_key,
           c.secret_facts, c.updated_at,
           exists (select from schedules p where p.tenant_id = s.tenant_id and p.site_id = s.id) as is_scheduled
    from sites s left join connections c on c.tenant_id = s.tenant_id and c.site_id = s.id where s.id = ${siteId}`;
  if (!row) return null;
  const { name, siteUrl, tablePrefix, cartTable, isScheduled, isConnected, sshHostKey, updatedAt } = row;
  const shop = { id: siteId, name, siteUrl, tablePrefix, cartTable, isScheduled, sshHostKey };
  if (!isConnected) return { ...shop, typed: null, secrets: {} };
  return {
    ...shop,
    typed: {
      mode: row.mode,
      host: row.host,
      port: row.port,
      username: row.username,
      database: row.database,
      tlsMode: row.tlsMode,
      tlsCa: row.tlsCa,
      tlsFingerprint: row.tlsFingerprint,
      ssh: row.sshHost ? { host: row.sshHost, port: row.sshPort!, username: row.sshUsername! } : null,
    },
    secrets: await nameSecrets(tx, row.secretFacts ?? {}, { isTunnel: row.mode === 'ssh', updatedAt }),
  };
}

/** Since when and by whom; a connection made on the command line says only that its secrets are there. */
async function nameSecrets(
  tx: Tx,
  facts: NonNullable<ConnectionRow['secretFacts']>,
  { isTunnel, updatedAt }: { isTunnel: boolean; updatedAt: Date | null },
): Promise<Partial<Record<SecretName, SavedSecret>>> {
  const known = secretNames.filter((name) => facts[name]);
  if (known.length === 0) {
    const unsigned = { at: updatedAt, by: null };
    return { password: unsigned, ...(isTunnel && { ssh_password: unsigned, ssh_private_key: unsigned }) };
  }
  const userIds = known.flatMap((name) => facts[name]!.by ?? []);
  const users =
    userIds.length > 0
      ? await tx<{ id: string; name: string }[]>`select id, name from users where id in ${tx(userIds.map(String))}`
      : [];
  return Object.fromEntries(
    known.map((name) => {
      const { at, by } = facts[name]!;
      return [name, { at: at ? new Date(at) : updatedAt, by: users.find(({ id }) => id === String(by))?.name ?? null }];
    }),
  );
}

/** A shop that so far is a name; its slug is free. */
export async function createShop(tx: Tx, tenantId: TenantId, name: string): Promise<string> {
  const base = slugOf(name) || 'loja';
  const taken = await tx<{ slug: string }[]>`select slug from sites where slug = ${base} or slug like ${`${base}-%`}`;
  const used = new Set(taken.map(({ slug }) => slug));
  let slug = base;
  for (let nth = 2; used.has(slug); nth++) slug = `${base}-${nth}`;
  const [site] = await tx<{ id: string }[]>`
    insert into sites (tenant_id, slug, name) values (${tenantId}, ${slug}, ${name}) returning id`;
  return site!.id;
}

export async function renameShop(tx: Tx, siteId: string, name: string): Promise<void> {
  await tx`update sites set name = ${name} where id = ${siteId} and name <> ${name}`;
}

/** What a form typed, as a command carries it: secrets sealed for the daemon, which alone opens them. */
export async function sealArgs(
  tx: Tx,
  place: { tenantId: TenantId; siteId: string },
  { typed, secrets }: ReadConnection,
): Promise<ConnectionArgs> {
  const [key] = await tx<
    { publicKey: string }[]
  >`select public_key from sealing_keys order by published_at desc limit 1`;
  if (!key && Object.keys(secrets).length > 0)
    throw new HttpError(503, 'no_daemon', 'O programa que lê as lojas ainda não iniciou. Tente de novo em um minuto.');
  const sealed = Object.entries(secrets).map(([name, plain]) => [
    name,
    sealFor(key!.publicKey, plain, sealContext(place, name)),
  ]);
  return { typed, secrets: Object.fromEntries(sealed) };
}

/** So many tests a company may ask for in ten minutes: the doctor is no port scanner. */
const mostTests = 20;
const busyFor = '90 seconds';

/** Leaves a test, or a connection to save and test, to the daemon's doctor. HttpError 429 beyond the company's share, 409 while one goes on. */
export async function askDoctor(
  tx: Tx,
  {
    siteId,
    kind,
    args,
    userId,
  }: {
    siteId: string;
    kind: 'test_connection' | 'save_connection';
    args: ConnectionArgs | Record<string, never>;
    userId: UserId;
  },
): Promise<void> {
  const [recent] = await tx<{ count: number; isBusy: boolean }[]>`
    select count(*)::integer as count,
           coalesce(bool_or(finished_at is null and created_at > now() - ${busyFor}::interval), false)
             or exists (select from doctor_runs where finished_at is null and command_id is not null and started_at > now() - ${busyFor}::interval) as is_busy
    from commands where kind in ('test_connection', 'save_connection') and created_at > now() - interval '10 minutes'`;
  if (recent!.isBusy)
    throw new HttpError(
      409,
      'test_running',
      'Já há um teste em andamento. Espere que termine; leva menos de um minuto.',
    );
  if (recent!.count >= mostTests)
    throw new HttpError(429, 'too_many_tests', 'Foram muitos testes em pouco tempo. Espere dez minutos e repita.');
  await tx`
    insert into commands (tenant_id, site_id, kind, args, user_id)
    select tenant_id, id, ${kind}, ${tx.json(args as never)}, ${userId} from sites where id = ${siteId}`;
  await tx`select enqueue_job(${siteId}::bigint, 'doctor', -10)`;
}

/** The newest look at the shop, or the test that waits to begin; null when nobody ever asked. */
export async function findDoctorRun(tx: Tx, siteId: string): Promise<DoctorRun | null> {
  const [waiting] = await tx<{ createdAt: Date }[]>`
    select created_at from commands where site_id = ${siteId} and kind in ('test_connection', 'save_connection') and finished_at is null
    order by id desc limit 1`;
  if (waiting)
    return {
      startedAt: waiting.createdAt,
      finishedAt: null,
      isTrial: false,
      errorCode: null,
      isWaiting: true,
      checks: [],
    };
  const [run] = await tx<(Omit<DoctorRun, 'checks' | 'isWaiting'> & { id: string })[]>`
    select id, started_at, finished_at, is_trial, error_code from doctor_runs where site_id = ${siteId} order by id desc limit 1`;
  if (!run) return null;
  const checks = await tx<DoctorRun['checks']>`
    select nn, state, code, facts, details from doctor_checks where doctor_run_id = ${run.id} order by nn`;
  return { ...run, isWaiting: false, checks: [...checks] };
}

/** What a person chose where the database left it open. */
export async function saveChoice(
  tx: Tx,
  siteId: string,
  { prefix, cartTable }: { prefix?: string; cartTable?: string },
): Promise<void> {
  if (prefix !== undefined) await tx`update sites set table_prefix = ${prefix} where id = ${siteId}`;
  if (cartTable !== undefined) await tx`update sites set cart_table = ${cartTable} where id = ${siteId}`;
}

/** The shop is read from now on: its usual schedules, where it has none, and a first reading at once. */
export async function startShop(tx: Tx, siteId: string, userId: UserId): Promise<void> {
  await tx`
    insert into schedules (tenant_id, site_id, kind, cron_expression)
    select s.tenant_id, s.id, k.kind, k.cron
    from sites s, lateral (values ('poll', '* * * * *'), ('reconcile', '17 * * * *'), ('full', night_cron(s.id))) k (kind, cron)
    where s.id = ${siteId} on conflict do nothing`;
  await tx`insert into commands (tenant_id, site_id, kind, user_id) select tenant_id, id, 'sync_now', ${userId} from sites where id = ${siteId}`;
  await tx`select enqueue_job(${siteId}::bigint, 'poll', -10)`;
}

/** Null for a shop that was never read. */
export async function findCertificate(
  tx: Tx,
  { tenantId, siteId }: { tenantId: TenantId; siteId: string },
): Promise<CertificateRow | null> {
  const [row] = await runQuery<CertificateRow>(tx, 'get_certificate', { tenant: tenantId, site: siteId });
  return row ?? null;
}

/** The newest entries of a shop's forms with their answers, newest first, as our copies have them. */
export async function listEntries(tx: Tx, siteId: string): Promise<FormEntry[]> {
  return await tx<FormEntry[]>`
    select l.form_plugin, l.form_id, json_agg(json_build_object('key', a.key, 'value', left(a.value, 500)) order by a.external_id) as answers
    from (select id, source, external_id, form_plugin, form_id from leads where site_id = ${siteId} order by external_id desc limit ${sampledEntries}) l
    join lead_answers a on a.site_id = ${siteId} and a.source = l.source and a.lead_external_id = l.external_id
    group by l.id, l.external_id, l.form_plugin, l.form_id order by l.external_id desc`;
}

export type Mapping = {
  formPlugin: string;
  formId: string;
  nameKey: string | null;
  phoneKey: string | null;
  emailKey: string | null;
  sizeKey: string | null;
};

export async function listMappings(tx: Tx, siteId: string): Promise<Mapping[]> {
  return await tx<Mapping[]>`
    select form_plugin, form_id, name_key, phone_key, email_key, size_key from field_mappings where site_id = ${siteId}`;
}

export async function listFormTitles(
  tx: Tx,
  siteId: string,
): Promise<{ formPlugin: string; formId: string; title: string }[]> {
  return await tx<{ formPlugin: string; formId: string; title: string }[]>`
    select form_plugin, form_id, title from form_titles where site_id = ${siteId}`;
}

/** Saves mappings; the daemon maps the stored answers anew. */
export async function saveMappings(
  tx: Tx,
  {
    tenantId,
    siteId,
    userId,
    mappings,
  }: { tenantId: TenantId; siteId: string; userId: UserId; mappings: readonly Mapping[] },
): Promise<void> {
  for (const { formPlugin, formId, nameKey, phoneKey, emailKey, sizeKey } of mappings) {
    await tx`
      insert into field_mappings (tenant_id, site_id, form_plugin, form_id, name_key, phone_key, email_key, size_key)
      values (${tenantId}, ${siteId}, ${formPlugin}, ${formId}, ${nameKey}, ${phoneKey}, ${emailKey}, ${sizeKey})
      on conflict (tenant_id, site_id, form_plugin, form_id) do update set name_key = excluded.name_key, phone_key = excluded.phone_key,
        email_key = excluded.email_key, size_key = excluded.size_key, updated_at = now()`;
  }
  await tx`insert into commands (tenant_id, site_id, kind, user_id) values (${tenantId}, ${siteId}, 'remap', ${userId})`;
  await tx`select enqueue_job(${siteId}::bigint, 'recompute', -10)`;
}

/** The order statuses that the shop has shown, most orders first. */
export async function listOrderStatuses(tx: Tx, siteId: string): Promise<OrderStatusRow[]> {
  return await tx<OrderStatusRow[]>`
    select k.wc_status, k.manual_class, order_class(k.wc_status, null, k.has_paid_order, false, 1, 0) as own_class, coalesce(o.count, 0)::integer as count
    from order_status_classes k
    left join (select wc_status, count(*) as count from orders where site_id = ${siteId} group by wc_status) o on o.wc_status = k.wc_status
    where k.site_id = ${siteId} order by count desc, k.wc_status`;
}

/** Gives how many statuses changed. */
export async function saveOrderStatuses(
  tx: Tx,
  siteId: string,
  classes: readonly { wcStatus: string; manualClass: string | null }[],
): Promise<number> {
  let changed = 0;
  for (const { wcStatus, manualClass } of classes) {
    const { count } = await tx`
      update order_status_classes set manual_class = ${manualClass}
      where site_id = ${siteId} and wc_status = ${wcStatus} and manual_class is distinct from ${manualClass}`;
    changed += count;
  }
  return changed;
}
