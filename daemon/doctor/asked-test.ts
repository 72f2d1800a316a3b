// A connection that a person tests or saves from the web: the daemon takes the command, opens what was sealed for it, and runs the doctor beside whatever
// reads the shop; each finding is a row as its check ends. What was typed leaves the command as soon as it is taken.
import {
  connectionArgsSchema,
  keepsSecret,
  type SecretName,
  secretNames,
  type TypedConnection,
} from '#shared/connection-form.ts';
import { AppError } from '#shared/errors.ts';
import type { SiteId, TenantId, UserId } from '#shared/ids.ts';
import { sealContext } from '#shared/sealed-box.ts';
import type { ConnectionSettings } from '../connections/connection.ts';
import { findConnection, saveConnection } from '../connections/connection-store.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { ConnectionMissingError, loadSite } from '../settings.ts';
import { besideRun } from '../sync/beside-run.ts';
import type { Engine } from '../sync/engine.ts';
import { runDoctor } from './doctor.ts';
import { insertDoctorRun, openDoctorRun } from './doctor-store.ts';

type Asked = { id: string; kind: 'test_connection' | 'save_connection'; args: object; userId: UserId | null };
type Place = { tenantId: TenantId; siteId: SiteId };

/** Answers the shop's open tests, oldest first. */
export async function answerTests(engine: Engine, place: Place): Promise<void> {
  for (;;) {
    const asked = await withTenant(engine.pool, place.tenantId, (client) => takeTest(client, place.siteId));
    if (!asked) return;
    await answerTest(engine, place, asked);
  }
}

/** Taken and its run opened in one transaction: a page never sees the run before as if it were the answer. */
async function takeTest(client: TenantClient, siteId: SiteId): Promise<(Asked & { runId: string }) | null> {
  const { rows } = await client.query<Asked>(
    `select id, kind, args, user_id as "userId" from commands
     where tenant_id = $1 and site_id = $2 and finished_at is null and kind in ('test_connection', 'save_connection')
     order by id limit 1 for update skip locked`,
    [client.tenantId, siteId],
  );
  const asked = rows[0];
  if (!asked) return null;
  await client.query(
    `update commands set args = '{}', started_at = now(), finished_at = now() where tenant_id = $1 and id = $2`,
    [client.tenantId, asked.id],
  );
  const isTrial = asked.kind === 'test_connection' && Object.keys(asked.args).length > 0;
  const runId = await insertDoctorRun(client, siteId, { commandId: asked.id, userId: asked.userId, isTrial });
  return { ...asked, runId };
}

async function answerTest(
  engine: Engine,
  { tenantId, siteId }: Place,
  asked: Asked & { runId: string },
): Promise<void> {
  const { pool, log } = engine;
  const run = await openDoctorRun(pool, { tenantId, siteId, opened: asked.runId });
  log.info('doctor.asked', { tenant: tenantId, site: siteId, user: asked.userId, kind: asked.kind });
  try {
    const { settings, site } = await withTenant(pool, tenantId, async (client) => ({
      settings: await readAsked(engine, client, siteId, asked),
      site: await loadSite(client, siteId),
    }));
    await besideRun(pool, siteId, () =>
      runDoctor({
        settings,
        site,
        sources: engine.sources,
        allowedNetworks: engine.allowedShopNetworks,
        publicIp: engine.publicIp ?? null,
        log,
        now: () => new Date(),
        ...engine.shopLimits,
        onFinding: (finding) => run.add(finding),
      }),
    );
    await run.finish();
  } catch (error) {
    if (!(error instanceof AppError)) log.error('doctor.failed', { site: siteId, error: String(error) });
    await run.finish(error instanceof AppError ? error.code : 'check_failed');
  }
}

/** The connection that was asked about; saved first when that was asked. */
async function readAsked(
  { box, sealed }: Engine,
  client: TenantClient,
  siteId: SiteId,
  { kind, args, userId }: Asked,
): Promise<ConnectionSettings> {
  const { typed, secrets, hostKey } = connectionArgsSchema.parse(args);
  const place = { client, siteId, box };
  const saved = await findConnection(place);
  if (!typed) {
    if (!saved) throw new ConnectionMissingError(`site ${siteId}: no connection was saved`);
    if (hostKey === undefined || !saved.ssh) return saved;
    const confirmed = { ...saved, ssh: { ...saved.ssh, hostKeyFingerprint: hostKey } };
    await saveConnection(place, confirmed);
    return confirmed;
  }
  const opened: Partial<Record<SecretName, string>> = {};
  for (const [name, text] of Object.entries(secrets) as [SecretName, string][]) {
    opened[name] = sealed.open(text, sealContext({ tenantId: client.tenantId, siteId }, name));
  }
  const settings = merge(typed, opened, saved);
  if (kind === 'save_connection') {
    await saveConnection(place, settings);
    await noteSecrets(client, { siteId, userId, settings, given: Object.keys(opened) });
  }
  return settings;
}

/** What was typed, with the saved secrets of the same server and user where a field was left empty. */
function merge(
  typed: TypedConnection,
  given: Partial<Record<SecretName, string>>,
  saved: ConnectionSettings | null,
): ConnectionSettings {
  const before = saved && typedOf(saved);
  const known: Record<SecretName, string | undefined> = {
    password: saved?.password,
    ssh_password: saved?.ssh?.password,
    ssh_private_key: saved?.ssh?.privateKey,
    ssh_passphrase: saved?.ssh?.passphrase,
  };
  // A new SSH password or key replaces both: of two, the server would be tried with the old one too.
  const isNewWay = given.ssh_password !== undefined || given.ssh_private_key !== undefined;
  const secretOf = (name: SecretName) => {
    if (given[name] !== undefined) return given[name];
    if (!before || !keepsSecret(name, before, typed)) return undefined;
    return name !== 'password' && isNewWay ? undefined : known[name];
  };
  const [password, sshPassword, privateKey, passphrase] = secretNames.map(secretOf);
  const { ssh } = typed;
  const isSameServer = ssh !== null && before?.ssh?.host === ssh.host && before.ssh.port === ssh.port;
  return {
    mode: typed.mode,
    host: typed.host,
    port: typed.port,
    user: typed.username,
    password: password ?? '',
    database: typed.database,
    tls: {
      mode: typed.tlsMode,
      ...(typed.tlsCa !== null && { ca: typed.tlsCa }),
      ...(typed.tlsFingerprint !== null && { fingerprint256: typed.tlsFingerprint }),
    },
    ...(ssh && {
      ssh: {
        host: ssh.host,
        port: ssh.port,
        user: ssh.username,
        hostKeyFingerprint: isSameServer ? (saved?.ssh?.hostKeyFingerprint ?? null) : null,
        ...(sshPassword !== undefined && { password: sshPassword }),
        ...(privateKey !== undefined && { privateKey }),
        ...(passphrase !== undefined && { passphrase }),
      },
    }),
  };
}

function typedOf({ mode, host, port, user, database, tls, ssh }: ConnectionSettings): TypedConnection {
  return {
    mode,
    host,
    port,
    username: user,
    database,
    tlsMode: tls.mode,
    tlsCa: tls.ca ?? null,
    tlsFingerprint: tls.fingerprint256 ?? null,
    ssh: ssh ? { host: ssh.host, port: ssh.port, username: ssh.user } : null,
  };
}

/** Which secrets there are now, since when and by whom: what a page may say of them. */
async function noteSecrets(
  client: TenantClient,
  {
    siteId,
    userId,
    settings,
    given,
  }: { siteId: SiteId; userId: UserId | null; settings: ConnectionSettings; given: string[] },
): Promise<void> {
  const there: Record<SecretName, boolean> = {
    password: settings.password !== '',
    ssh_password: settings.ssh?.password !== undefined,
    ssh_private_key: settings.ssh?.privateKey !== undefined,
    ssh_passphrase: settings.ssh?.passphrase !== undefined,
  };
  await client.query(
    `update connections set saved_by = $3, secret_facts = (
       select coalesce(jsonb_object_agg(name, case when name = any($5::text[]) then jsonb_build_object('at', now(), 'by', $3::bigint) else coalesce(secret_facts -> name, '{}') end), '{}')
       from unnest($4::text[]) as names (name))
     where tenant_id = $1 and site_id = $2`,
    [client.tenantId, siteId, userId, secretNames.filter((name) => there[name]), given],
  );
  await client.query(
    `select pg_notify('carrinho_settings', json_build_object('tenant', $1::text, 'site', $2::text)::text)`,
    [client.tenantId, siteId],
  );
}
