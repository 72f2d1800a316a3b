// Secrets on their way from the web process to the daemon: sealed with the daemon's public key (X25519, HKDF, AES-256-GCM, a new key pair each time), so
// that who seals cannot open, not even what it sealed itself. The private half is made from the installation's key: every daemon has the same
// (docs/decisions/sealed-for-the-daemon.md). The context is authenticated, as in secrets.ts.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { SecretDamagedError, SecretKeyMismatchError } from './secrets.ts';

const version = 'b1';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** What DER puts before the 32 bytes of an X25519 private key (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

export type SealingKey = {
  /** First 8 hex digits of the public key's SHA-256. */
  keyId: string;
  /** base64url of its 32 bytes. */
  publicKey: string;
};
export type SealedBox = SealingKey & {
  /** Throws SecretKeyMismatchError for another pair, SecretDamagedError for another context or an altered value. */
  open(sealed: string, context: string): string;
};

const textOf = (key: KeyObject): string => key.export({ format: 'jwk' }).x!;
const publicOf = (text: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text }, format: 'jwk' });
const idOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 8);

function messageKey(shared: Buffer, from: string, to: string): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, `${from}.${to}`, `carrinho ${version}`, keyBytes));
}

/** The box of an installation, from its secret key (32 bytes); it opens also what was sealed for the key before. */
export function createSealedBox(secretKey: Buffer, oldKey: Buffer | null = null): SealedBox {
  const old = oldKey && !oldKey.equals(secretKey) ? createSealedBox(oldKey) : null;
  const raw = Buffer.from(hkdfSync('sha256', secretKey, '', 'carrinho sealed box', keyBytes));
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, raw]), format: 'der', type: 'pkcs8' });
  const publicKey = textOf(createPublicKey(privateKey));
  const keyId = idOf(publicKey);
  return {
    keyId,
    publicKey,
    open(sealed, context) {
      const [form, sealedFor, text] = sealed.split('.');
      if (form !== version || !text) throw new SecretDamagedError(`${context}: not a sealed value`);
      if (old && sealedFor === old.keyId) return old.open(sealed, context);
      if (sealedFor !== keyId) {
        throw new SecretKeyMismatchError(`${context}: sealed for key ${sealedFor}, the key in use is ${keyId}`);
      }
      const bytes = Buffer.from(text, 'base64url');
      const [nonceAt, tagAt, bodyAt] = [keyBytes, keyBytes + nonceBytes, keyBytes + nonceBytes + tagBytes];
      if (bytes.length < bodyAt) throw new SecretDamagedError(`${context}: the sealed value is cut`);
      try {
        const sender = bytes.subarray(0, keyBytes).toString('base64url');
        const shared = diffieHellman({ privateKey, publicKey: publicOf(sender) });
        const key = messageKey(shared, sender, publicKey);
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, tagAt), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(tagAt, bodyAt));
        return Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SecretDamagedError(`${context}: altered, or sealed for another place`, { cause });
      }
    },
  };
}

/** `b1.<key id>.<base64url of sender's public key, nonce, tag, ciphertext>`; only the box of `publicKey` opens it. */
export function sealFor(publicKey: string, plain: string, context: string): string {
  const pair = generateKeyPairSync('x25519');
  const sender = textOf(pair.publicKey);
  const shared = diffieHellman({ privateKey: pair.privateKey, publicKey: publicOf(publicKey) });
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', messageKey(shared, sender, publicKey), nonce, {
    authTagLength: tagBytes,
  });
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const parts = [Buffer.from(sender, 'base64url'), nonce, cipher.getAuthTag(), body];
  return `${version}.${idOf(publicKey)}.${Buffer.concat(parts).toString('base64url')}`;
}

/** Where a secret of a command belongs: what was sealed for one shop and field opens nowhere else. */
export const sealContext = ({ tenantId, siteId }: { tenantId: string; siteId: string }, secret: string): string =>
  `tenant:${tenantId}/site:${siteId}/command/${secret}`;
