// The promises of secrets.ts: a value opens only with its key and only in its place, and two processes starting at once share one key.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSecretBox,
  findKeyId,
  loadSecretKey,
  SecretDamagedError,
  SecretKeyInvalidError,
  SecretKeyMismatchError,
} from './secrets.ts';

const context = 'tenant:1/site:2/db_password';
const box = createSecretBox(randomBytes(32));

describe('a sealed value', () => {
  test('opens to what was sealed, emoji and empty text included', () => {
    for (const plain of ['senha-secreta', '', 'çã🛒', 'x'.repeat(10_000)]) {
      expect(box.open(box.seal(plain, context), context)).toBe(plain);
    }
  });
  test('never repeats and never shows the plain text', () => {
    const first = box.seal('senha-secreta', context);
    expect(first).not.toBe(box.seal('senha-secreta', context));
    expect(Buffer.from(first.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('senha');
  });
  test('does not open in the place of another company or column', () => {
    const sealed = box.seal('senha', context);
    expect(() => box.open(sealed, 'tenant:2/site:2/db_password')).toThrow(SecretDamagedError);
    expect(() => box.open(sealed, 'tenant:1/site:2/ssh_password')).toThrow(SecretDamagedError);
  });
  test('does not open when one byte is changed, or when it is cut', () => {
    const [form, keyId, body] = box.seal('senha', context).split('.') as [string, string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i] = altered[i]! ^ 1;
      expect(() => box.open(`${form}.${keyId}.${altered.toString('base64url')}`, context)).toThrow(SecretDamagedError);
    }
    expect(() => box.open(`${form}.${keyId}.${body.slice(0, 20)}`, context)).toThrow(SecretDamagedError);
    expect(() => box.open('senha', context)).toThrow(SecretDamagedError);
  });
  test('names the key that sealed it when another key is in use', () => {
    const sealed = createSecretBox(randomBytes(32)).seal('senha', context);
    expect(findKeyId(sealed)).not.toBe(box.keyId);
    expect(() => box.open(sealed, context)).toThrow(SecretKeyMismatchError);
    expect(() => box.open(sealed, context)).toThrow(findKeyId(sealed)!);
  });
});

describe('the key', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'secrets-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  test('is read as base64, base64url or hex, and a wrong length is refused', async () => {
    const key = randomBytes(32);
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      expect(await loadSecretKey({ SECRET_KEY: key.toString(form), dataDir: dir })).toEqual(key);
    }
    for (const wrong of ['curta', randomBytes(16).toString('hex'), randomBytes(31).toString('base64')]) {
      await expect(loadSecretKey({ SECRET_KEY: wrong, dataDir: dir })).rejects.toThrow(SecretKeyInvalidError);
    }
    expect(() => createSecretBox(randomBytes(16))).toThrow(SecretKeyInvalidError);
  });
  test('is made once, readable by its owner only, however many processes start together', async () => {
    const dataDir = join(dir, 'first-start');
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadSecretKey({ dataDir })));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['secret.key']);
  });
  test('in a file that others may read is refused', async () => {
    const dataDir = await mkdtemp(join(dir, 'open-'));
    await loadSecretKey({ dataDir });
    await chmod(join(dataDir, 'secret.key'), 0o644);
    await expect(loadSecretKey({ dataDir })).rejects.toThrow(/chmod 600/);
  });
  test('in a named file must exist: a new key would make every stored secret useless', async () => {
    await expect(loadSecretKey({ SECRET_KEY_FILE: join(dir, 'absent'), dataDir: dir })).rejects.toThrow(
      SecretKeyInvalidError,
    );
    const path = join(dir, 'named');
    const key = randomBytes(32);
    await writeFile(path, `${key.toString('base64')}\n`);
    expect(await loadSecretKey({ SECRET_KEY_FILE: path, dataDir: dir })).toEqual(key);
  });
});
