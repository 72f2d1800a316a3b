// How a shop's connection lies in Postgres: everything readable but the four secrets, each sealed for its own tenant, site and column, so that
// a sealed value copied elsewhere does not open.
import type { SiteId } from '#shared/ids.ts';
import type { SecretBox } from '#shared/secrets.ts';
import type { TenantClient } from '../db.ts';
import type { ConnectionSettings } from './connection.ts';

export const connectionSecrets = ['password', 'ssh_password', 'ssh_private_key', 'ssh_passphrase'] as const;
type SecretColumn = (typeof connectionSecrets)[number];

type Place = { client: TenantClient; siteId: SiteId; box: SecretBox };

const contextOf = ({ client, siteId }: Place, column: SecretColumn) =>
  `tenant:${client.tenantId}/site:${siteId}/${column}`;

type ConnectionRow = {
  mode: 'direct' | 'ssh';
  host: string;
  port: number;
  username: string;
  database_name: string;
  tls_mode: ConnectionSettings['tls']['mode'];
  tls_ca: string | null;
  tls_fingerprint: string | null;
  ssh_host: string | null;
  ssh_port: number | null;
  ssh_username: string | null;
  ssh_host_key: string | null;
} & { [column in `${SecretColumn}_sealed`]: string | null };

/** The connection of a site with its secrets opened, or null when none was saved. Throws when the key is not the one that sealed them. */
export async function findConnection(place: Place): Promise<ConnectionSettings | null> {
  const { rows } = await place.client.query<ConnectionRow>(
    'select * from connections where tenant_id = $1 and site_id = $2',
    [place.client.tenantId, place.siteId],
  );
  const row = rows[0];
  if (!row) return null;
  const open = (column: SecretColumn) => {
    const sealed = row[`${column}_sealed`];
    return sealed === null ? undefined : place.box.open(sealed, contextOf(place, column));
  };
  const [sshPassword, privateKey, passphrase] = [open('ssh_password'), open('ssh_private_key'), open('ssh_passphrase')];
  return {
    mode: row.mode,
    host: row.host,
    port: row.port,
    user: row.username,
    password: open('password') ?? '',
    database: row.database_name,
    tls: {
      mode: row.tls_mode,
      ...(row.tls_ca !== null && { ca: row.tls_ca }),
      ...(row.tls_fingerprint !== null && { fingerprint256: row.tls_fingerprint }),
    },
    ...(row.mode === 'ssh' && {
      ssh: {
        host: row.ssh_host!,
        port: row.ssh_port!,
        user: row.ssh_username!,
        hostKeyFingerprint: row.ssh_host_key,
        ...(sshPassword !== undefined && { password: sshPassword }),
        ...(privateKey !== undefined && { privateKey }),
        ...(passphrase !== undefined && { passphrase }),
      },
    }),
  };
}

/** Saves the connection whole; an SSH secret that is not given is removed. */
export async function saveConnection(place: Place, settings: ConnectionSettings): Promise<void> {
  const seal = (column: SecretColumn, plain: string | undefined) =>
    plain === undefined ? null : place.box.seal(plain, contextOf(place, column));
  const { ssh } = settings;
  await place.client.query(
    `insert into connections (tenant_id, site_id, mode, host, port, username, database_name, tls_mode, tls_ca, tls_fingerprint, ssh_host, ssh_port,
                              ssh_username, ssh_host_key, password_sealed, ssh_password_sealed, ssh_private_key_sealed, ssh_passphrase_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     on conflict (tenant_id, site_id) do update set
       mode = excluded.mode, host = excluded.host, port = excluded.port, username = excluded.username, database_name = excluded.database_name,
       tls_mode = excluded.tls_mode, tls_ca = excluded.tls_ca, tls_fingerprint = excluded.tls_fingerprint, ssh_host = excluded.ssh_host,
       ssh_port = excluded.ssh_port, ssh_username = excluded.ssh_username, ssh_host_key = excluded.ssh_host_key,
       password_sealed = excluded.password_sealed, ssh_password_sealed = excluded.ssh_password_sealed,
       ssh_private_key_sealed = excluded.ssh_private_key_sealed, ssh_passphrase_sealed = excluded.ssh_passphrase_sealed, updated_at = now()`,
    [
      place.client.tenantId,
      place.siteId,
      settings.mode,
      settings.host,
      settings.port,
      settings.user,
      settings.database,
      settings.tls.mode,
      settings.tls.ca ?? null,
      settings.tls.fingerprint256 ?? null,
      ssh?.host ?? null,
      ssh?.port ?? null,
      ssh?.user ?? null,
      ssh?.hostKeyFingerprint ?? null,
      seal('password', settings.password),
      seal('ssh_password', ssh?.password),
      seal('ssh_private_key', ssh?.privateKey),
      seal('ssh_passphrase', ssh?.passphrase),
    ],
  );
}
