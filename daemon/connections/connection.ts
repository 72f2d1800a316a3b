// Opens a shop: checked address, TCP or SSH tunnel, TLS, login, read-only session. Whoever holds the result can only ask its gateway.
import type { Duplex } from 'node:stream';
import mysql from 'mysql2';
import type { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { resolveShopHost } from './address-rule.ts';
import { dial } from './dial.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { type Place, toLoginError } from './mysql-errors.ts';
import { prepareSession, type SessionFacts } from './session.ts';
import { type ConfirmHostKey, openTunnel, type SshSettings, type Tunnel } from './ssh-tunnel.ts';
import { checkTls, sslOptions, type TlsSettings } from './tls.ts';

export type ConnectionSettings = {
  mode: 'direct' | 'ssh';
  /** The database's host; with `ssh`, as seen from the SSH server (mostly 127.0.0.1). */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Direct connections only: inside a tunnel SSH encrypts. */
  tls: TlsSettings;
  ssh?: SshSettings;
};

export type ShopLimits = {
  /** For TCP, for SSH, for the login, each. Default 10,000. */
  connectTimeoutMs?: number;
  /** The server stops a statement after this. Default 20,000. */
  statementTimeoutMs?: number;
  /** So long after that a silent server is given up. Default 5,000. */
  silenceMs?: number;
};

export type OpenShopOptions = ShopLimits & {
  /** CIDR list of the installation's setting ALLOWED_SHOP_NETWORKS. */
  allowedNetworks: readonly string[];
  log: Log;
  /** Asked when `ssh.hostKeyFingerprint` is null; without it the first contact throws SshHostKeyUnknownError. */
  onHostKey?: ConfirmHostKey;
  /** This installation's public address, for "libere o IP …". */
  publicIp?: string;
};

export type Shop = SessionFacts & {
  gateway: Gateway;
  isTunnel: boolean;
  /** Never throws; a dead line is dropped after a second. */
  close(): Promise<void>;
};

/** Opens one connection to a shop; throws a ShopError (errors.ts) that says which step failed. */
export async function openShop(settings: ConnectionSettings, options: OpenShopOptions): Promise<Shop> {
  const { log, connectTimeoutMs = 10_000, statementTimeoutMs = 20_000, publicIp } = options;
  const place = shopPlace(settings, publicIp);
  const isTunnel = settings.mode === 'ssh';
  const { stream, tunnel } = isTunnel
    ? await tunnelTo(settings, { ...options, connectTimeoutMs })
    : { stream: await dialDirect(settings, place, { ...options, connectTimeoutMs }), tunnel: null };
  let login: Login;
  try {
    login = await logIn(settings, { ...options, stream });
  } catch (error) {
    stream.destroy();
    tunnel?.close();
    throw error;
  }
  async function close() {
    await login.close();
    tunnel?.close();
  }
  try {
    const session = await prepareSession(login.gateway, { statementTimeoutMs, log });
    return { ...session, gateway: login.gateway, isTunnel, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A connection that is logged in and was told nothing yet: prepareSession() makes it a read-only session. */
export type Login = {
  gateway: Gateway;
  /** Never throws; a dead line is dropped after a second. */
  close(): Promise<void>;
};

export const shopPlace = ({ host, port, user, database }: ConnectionSettings, publicIp?: string): Place => ({
  host,
  port,
  user,
  database,
  ...(publicIp && { publicIp }),
});

/**
 * Logs in to MySQL over a way that is open, with TLS first on a direct one. `withoutDatabase` leaves the database out of the login: to see
 * which ones the user may use. The caller destroys `stream` when this throws.
 */
export async function logIn(
  settings: ConnectionSettings,
  {
    stream,
    withoutDatabase = false,
    publicIp,
    connectTimeoutMs = 10_000,
    statementTimeoutMs = 20_000,
    silenceMs = 5_000,
  }: ShopLimits & { stream: Duplex; withoutDatabase?: boolean; publicIp?: string | undefined },
): Promise<Login> {
  const place = shopPlace(settings, publicIp);
  const tls: TlsSettings = settings.mode === 'ssh' ? { mode: 'off' } : settings.tls;
  const connection = await greet({ settings, stream, tls, place, connectTimeoutMs, withoutDatabase });
  const gateway = createGateway({
    connection: connection.promise(),
    place,
    deadlineMs: statementTimeoutMs + silenceMs,
  });
  return {
    gateway,
    async close() {
      await new Promise<void>((resolve) => {
        if (gateway.isLost()) return resolve();
        const timer = setTimeout(resolve, 1000);
        connection.end(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      connection.destroy();
      stream.destroy();
    },
  };
}

type Dialing = OpenShopOptions & { connectTimeoutMs: number };

async function dialDirect(settings: ConnectionSettings, place: Place, options: Dialing): Promise<Duplex> {
  const checked = await resolveShopHost(settings.host, settings.port, { allowedNetworks: options.allowedNetworks });
  return dial(checked, options.connectTimeoutMs, place);
}

async function tunnelTo(settings: ConnectionSettings, options: Dialing): Promise<{ stream: Duplex; tunnel: Tunnel }> {
  if (!settings.ssh) throw new Error('a connection by SSH needs its SSH settings');
  const tunnel = await openTunnel(settings.ssh, options);
  try {
    return { stream: await tunnel.openStream(settings.host, settings.port), tunnel };
  } catch (error) {
    tunnel.close();
    throw error;
  }
}

function greet({
  settings,
  stream,
  tls,
  place,
  connectTimeoutMs,
  withoutDatabase,
}: {
  settings: ConnectionSettings;
  stream: Duplex;
  tls: TlsSettings;
  place: Place;
  connectTimeoutMs: number;
  withoutDatabase: boolean;
}): Promise<mysql.Connection> {
  const ssl = sslOptions(tls);
  const connection = mysql.createConnection({
    stream,
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    ...(!withoutDatabase && { database: settings.database }),
    ...(ssl && { ssl }),
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4_unicode_ci',
    multipleStatements: false,
    // A hostile server may ask the client for any local file: the capability is not offered, and no stream is given.
    flags: ['-LOCAL_FILES'],
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    decimalNumbers: false,
    jsonStrings: true,
    rowsAsArray: false,
  });
  let refusal: AppError | null = null;
  checkTls(connection, tls, place, (error) => {
    refusal = error;
  });
  return new Promise((resolve, reject) => {
    connection.once('connect', () => resolve(connection));
    // Stays for the connection's life: the gateway hears of a lost line by itself, and an unheard error would end the process.
    connection.on('error', (error: Error) => {
      connection.destroy();
      reject(refusal ?? toLoginError(error, place));
    });
  });
}
