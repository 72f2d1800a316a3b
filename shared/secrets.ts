// Secrets at rest (shop passwords, SSH keys, TOTP seeds): AES-256-GCM with the key's id in front. The context (`tenant:1/site:2/db_password`)
// is authenticated, so a sealed value copied into another row or column does not open. The key comes from the environment, or from a file
// that only its owner reads, made at the first start.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';

const version = 'v1';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** The sealed value was made with another key: a backup restored without its key, or SECRET_KEY changed. */
export class SecretKeyMismatchError extends AppError {
  readonly code = 'secret_key_mismatch';
  readonly retry = 'after-fix';
}
/** The key is there and right, but the value was altered, cut, or sealed for another place. */
export class SecretDamagedError extends AppError {
  readonly code = 'secret_damaged';
  readonly retry = 'after-fix';
}
/** No usable key: wrong length, unreadable file, or a file that others may read. */
export class SecretKeyInvalidError extends AppError {
  readonly code = 'secret_key_invalid';
  readonly retry = 'after-fix';
}

export type SecretBox = {
  /** First 8 hex digits of the key's SHA-256: tells which key sealed a value, says nothing about the key. */
  readonly keyId: string;
  /** Of the key that was before, which still opens; null without one. */
  readonly oldKeyId: string | null;
  /** `v1.<key id>.<base64url of nonce, tag, ciphertext>`. */
  seal(plain: string, context: string): string;
  /** Throws SecretKeyMismatchError for another key, SecretDamagedError for another context or an altered value. */
  open(sealed: string, context: string): string;
};

/** Which key sealed this value, or null when it is no sealed value. */
export function findKeyId(sealed: string): string | null {
  const [form, keyId] = sealed.split('.');
  return form === version && keyId ? keyId : null;
}

/** Seals with `key`; opens what it or `oldKey` sealed. */
export function createSecretBox(key: Buffer, oldKey: Buffer | null = null): SecretBox {
  const old = oldKey && !oldKey.equals(key) ? createSecretBox(oldKey) : null;
  if (key.length !== keyBytes) {
    throw new SecretKeyInvalidError(`the secret key has ${key.length} bytes, expected ${keyBytes}`);
  }
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const authenticated = (context: string) => Buffer.from(`${version}.${keyId}.${context}`, 'utf8');

  return {
    keyId,
    oldKeyId: old?.keyId ?? null,
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(authenticated(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${version}.${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, context) {
      const sealedWith = findKeyId(sealed);
      if (sealedWith === null) throw new SecretDamagedError(`${context}: not a sealed value`);
      if (old && sealedWith === old.keyId) return old.open(sealed, context);
      if (sealedWith !== keyId) {
        throw new SecretKeyMismatchError(`${context}: sealed with key ${sealedWith}, the key in use is ${keyId}`, {
          facts: { sealedWith, keyId },
        });
      }
      const bytes = Buffer.from(sealed.split('.')[2] ?? '', 'base64url');
      if (bytes.length < nonceBytes + tagBytes) throw new SecretDamagedError(`${context}: the sealed value is cut`);
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(authenticated(context));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
        return plain.toString('utf8');
      } catch (cause) {
        throw new SecretDamagedError(`${context}: altered, or sealed for another place`, { cause });
      }
    },
  };
}

/** Reads a key written as 64 hex digits or as base64 of 32 bytes; anything else is a SecretKeyInvalidError naming `origin`. */
function parseSecretKey(text: string, origin: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const key = Buffer.from(trimmed, 'base64');
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed) && key.length === keyBytes) return key;
  throw new SecretKeyInvalidError(`${origin} must hold 32 bytes, as base64 or as 64 hex digits`, { facts: { origin } });
}

/** Where the key lies when the settings name none; during a rotation the one before is beside it, with the ending `.old`. */
export const secretKeyPath = (dataDir: string): string => join(dataDir, 'secret.key');

/** The key before this one while a rotation goes on: SECRET_KEY_OLD, else SECRET_KEY_OLD_FILE, else the file beside our own; null without one. */
async function loadOldKey({
  secretKey,
  secretKeyFile,
  oldSecretKey,
  oldSecretKeyFile,
  dataDir,
}: KeySettings): Promise<Buffer | null> {
  if (oldSecretKey) return parseSecretKey(oldSecretKey, 'SECRET_KEY_OLD');
  if (oldSecretKeyFile) return readKeyFile(oldSecretKeyFile, { mayBeShared: true });
  if (secretKey || secretKeyFile) return null;
  try {
    return await readKeyFile(`${secretKeyPath(dataDir)}.old`, { mayBeShared: false });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * The installation's key: SECRET_KEY, else the file SECRET_KEY_FILE (must exist), else `<dataDir>/secret.key`, made at the first start.
 * Two processes starting at once get the same key: the file appears whole, by a link that fails when another was first.
 */
export async function loadSecretKey({
  SECRET_KEY,
  SECRET_KEY_FILE,
  dataDir,
}: {
  SECRET_KEY?: string | undefined;
  SECRET_KEY_FILE?: string | undefined;
  dataDir: string;
}): Promise<Buffer> {
  if (SECRET_KEY) return parseSecretKey(SECRET_KEY, 'SECRET_KEY');
  if (SECRET_KEY_FILE) return readKeyFile(SECRET_KEY_FILE, { mayBeShared: true });
  const path = secretKeyPath(dataDir);
  try {
    return await readKeyFile(path, { mayBeShared: false });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await createKeyFile(path);
  return readKeyFile(path, { mayBeShared: false });
}

// A file named by the operator may be group-readable (Docker and Kubernetes mount secrets so); the one made here never is.
async function readKeyFile(path: string, { mayBeShared }: { mayBeShared: boolean }): Promise<Buffer> {
  try {
    const text = await readFile(path, 'utf8');
    const mode = (await stat(path)).mode & 0o777;
    if (!mayBeShared && (mode & 0o077) !== 0) {
      throw new SecretKeyInvalidError(
        `${path} can be read by others (mode ${mode.toString(8)}): run chmod 600 and change what it protected`,
        { facts: { origin: path } },
      );
    }
    return parseSecretKey(text, path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new SecretKeyInvalidError(`${path} cannot be read`, { cause, facts: { origin: path } });
  }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof SecretKeyInvalidError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

async function createKeyFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await file.sync();
    await file.close();
    await chmod(draft, 0o600);
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new SecretKeyInvalidError(`${path} cannot be made`, { cause: error, facts: { origin: path } });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** What of Config says which keys there are. */
export type KeySettings = Pick<Config, 'dataDir'> &
  Partial<Pick<Config, 'secretKey' | 'secretKeyFile' | 'oldSecretKey' | 'oldSecretKeyFile'>>;

/** The keys of this installation: of its settings or of its key file, and the one before while a rotation goes on. */
export async function loadKeys(settings: KeySettings): Promise<{ key: Buffer; oldKey: Buffer | null }> {
  const { secretKey, secretKeyFile, dataDir } = settings;
  const key = await loadSecretKey({ SECRET_KEY: secretKey, SECRET_KEY_FILE: secretKeyFile, dataDir });
  return { key, oldKey: await loadOldKey(settings) };
}

/** The box of this installation. */
export async function openSecretBox(settings: KeySettings): Promise<SecretBox> {
  const { key, oldKey } = await loadKeys(settings);
  return createSecretBox(key, oldKey);
}
