// The settings of an installation, from the environment (.env.example explains each). All wrong ones are reported at once.
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { type Keep, parseKeep } from './backup-keep.ts';
import { parseCron } from './cron.ts';
import { defaultDataDir } from './data-dir.ts';
import { ConfigError } from './errors.ts';

export type Config = {
  /** The database's owner; null = the embedded Postgres. */
  databaseUrl: string | null;
  /** Login roles of their own; null = databaseUrl's user takes the process's role by SET ROLE. */
  daemonDatabaseUrl: string | null;
  apiDatabaseUrl: string | null;
  /** A direct connection for LISTEN where a pooler stands in front of the api's. */
  listenDatabaseUrl: string | null;
  /** A replica that answers the reports, in the web process' login role or a user that may take it; null = the same as the pages. */
  readDatabaseUrl: string | null;
  dataDir: string;
  /** The address that the panel listens on; null = all of them. */
  host: string | null;
  port: number;
  /** Where the daemon tells how it is: this machine only, unless told. */
  statusHost: string;
  statusPort: number;
  /** Without a slash at the end. */
  publicUrl: string;
  secretKey: string | undefined;
  secretKeyFile: string | undefined;
  /** The key before, which still opens while a rotation goes on. */
  oldSecretKey: string | undefined;
  oldSecretKeyFile: string | undefined;
  /** CIDR list of inner networks that shops' databases may be in. */
  allowedShopNetworks: string[];
  /** The address that shops see us come from, for "libere o IP …". */
  publicIp: string | undefined;
  /** Shops that one daemon reads at a time. */
  syncConcurrency: number;
  /** `folder` null: the daemon makes no backups by itself. */
  backup: { folder: string | null /** In UTC. */; cron: string; keep: Keep };
  isProduction: boolean;
};

const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const databaseUrl = (name: string) =>
  optionalText.refine(
    (text) => text === undefined || /^postgres(ql)?:\/\/.+\/.+/.test(text),
    `${name} deve ser como postgres://usuario:senha@servidor/banco`,
  );
const integer = (name: string, fallback: number, min: number, max: number) =>
  optionalText.transform((text, context) => {
    const value = text === undefined ? fallback : Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    context.addIssue(`${name} deve ser um número inteiro de ${min} a ${max}; recebido: "${text}"`);
    return z.NEVER;
  });

const secretKey = (name: string) =>
  optionalText.refine(
    (text) => text === undefined || /^([0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=?)$/i.test(text),
    `${name} deve ter 32 bytes, em base64 ou 64 dígitos hexadecimais (openssl rand -base64 32)`,
  );

const schema = z.object({
  DATABASE_URL: databaseUrl('DATABASE_URL'),
  DAEMON_DATABASE_URL: databaseUrl('DAEMON_DATABASE_URL'),
  API_DATABASE_URL: databaseUrl('API_DATABASE_URL'),
  LISTEN_DATABASE_URL: databaseUrl('LISTEN_DATABASE_URL'),
  READ_DATABASE_URL: databaseUrl('READ_DATABASE_URL'),
  DATA_DIR: optionalText,
  HOST: optionalText.refine((text) => text === undefined || isIP(text) !== 0, 'HOST deve ser um endereço IP'),
  PORT: integer('PORT', 3000, 1, 65535),
  STATUS_HOST: optionalText.refine(
    (text) => text === undefined || isIP(text) !== 0,
    'STATUS_HOST deve ser um endereço IP',
  ),
  STATUS_PORT: integer('STATUS_PORT', 3001, 1, 65535),
  PUBLIC_URL: optionalText.refine(
    (text) => text === undefined || isWebAddress(text),
    'PUBLIC_URL deve ser o endereço público, como https://carrinho.example, sem caminho',
  ),
  SECRET_KEY: secretKey('SECRET_KEY'),
  SECRET_KEY_FILE: optionalText,
  SECRET_KEY_OLD: secretKey('SECRET_KEY_OLD'),
  SECRET_KEY_OLD_FILE: optionalText,
  ALLOWED_SHOP_NETWORKS: optionalText.transform((text, context) => {
    const networks = (text ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    for (const network of networks) {
      if (!isNetwork(network)) context.addIssue(`ALLOWED_SHOP_NETWORKS: "${network}" não é uma rede como 10.0.0.0/8`);
    }
    return networks;
  }),
  PUBLIC_IP: optionalText.refine((text) => text === undefined || isIP(text) !== 0, 'PUBLIC_IP deve ser um endereço IP'),
  SYNC_CONCURRENCY: integer('SYNC_CONCURRENCY', 4, 1, 64),
  BACKUP_DIR: optionalText,
  BACKUP_CRON: optionalText.refine(
    (text) => text === undefined || parseCron(text) !== null,
    'BACKUP_CRON deve ter cinco campos, como "30 4 * * *" (todo dia às 4:30, em UTC)',
  ),
  BACKUP_KEEP: optionalText.refine(
    (text) => text === undefined || parseKeep(text) !== null,
    'BACKUP_KEEP deve ser como 7d4s6m: os últimos 7 dias, 4 semanas e 6 meses',
  ),
  NODE_ENV: optionalText,
});

/** The names of all settings; .env.example explains each. */
export const settingNames = Object.keys(schema.shape);

function isWebAddress(text: string): boolean {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  } catch {
    return false;
  }
}

function isNetwork(text: string): boolean {
  const [address, bits] = text.split('/');
  const family = isIP(address ?? '');
  if (family === 0 || !/^\d{1,3}$/.test(bits ?? '')) return false;
  try {
    new BlockList().addSubnet(address!, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

/** The settings of this process; ConfigError with every problem. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => issue.message));
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    daemonDatabaseUrl: values.DAEMON_DATABASE_URL ?? null,
    apiDatabaseUrl: values.API_DATABASE_URL ?? null,
    listenDatabaseUrl: values.LISTEN_DATABASE_URL ?? null,
    readDatabaseUrl: values.READ_DATABASE_URL ?? null,
    dataDir: values.DATA_DIR ?? defaultDataDir(),
    host: values.HOST ?? null,
    port: values.PORT,
    statusHost: values.STATUS_HOST ?? '127.0.0.1',
    statusPort: values.STATUS_PORT,
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/$/, ''),
    secretKey: values.SECRET_KEY,
    secretKeyFile: values.SECRET_KEY_FILE,
    oldSecretKey: values.SECRET_KEY_OLD,
    oldSecretKeyFile: values.SECRET_KEY_OLD_FILE,
    allowedShopNetworks: values.ALLOWED_SHOP_NETWORKS,
    publicIp: values.PUBLIC_IP,
    syncConcurrency: values.SYNC_CONCURRENCY,
    backup: {
      folder: values.BACKUP_DIR ?? null,
      cron: values.BACKUP_CRON ?? '30 4 * * *',
      keep: parseKeep(values.BACKUP_KEEP ?? '7d4s6m')!,
    },
    isProduction: values.NODE_ENV === 'production',
  };
}
