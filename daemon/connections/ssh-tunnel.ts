// The way to a database that only its own server reaches. The server's key is pinned: an unknown one is shown to a person first, a changed one
// stops everything before a password is sent. The stream is plain inside the tunnel: mysql2 with TLS over an ssh2 stream may hang.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { resolveShopHost } from './address-rule.ts';
import { dial } from './dial.ts';
import {
  SshAuthError,
  SshFailedError,
  SshForwardingDeniedError,
  SshHostKeyChangedError,
  SshHostKeyUnknownError,
  SshTargetRefusedError,
} from './errors.ts';
import { type Place, placeFacts } from './mysql-errors.ts';
import { readPrivateKey } from './ssh-key.ts';

export type SshSettings = {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  /** `SHA256:…` as ssh-keygen writes it; null before the first contact. */
  hostKeyFingerprint: string | null;
};

/** Asked at first contact; true trusts the key for this connection (the caller stores it). */
export type ConfirmHostKey = (fingerprint: string) => boolean | Promise<boolean>;

export type Tunnel = {
  /** A stream to `host:port` as seen from the SSH server; throws SshForwardingDeniedError or SshTargetRefusedError. */
  openStream(host: string, port: number): Promise<Duplex>;
  close(): void;
};

export function fingerprintOf(hostKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '')}`;
}

function isSameFingerprint(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) =>
    Buffer.from(
      text
        .trim()
        .replace(/^SHA256:/i, '')
        .replace(/=+$/, ''),
    ),
  );
  return left!.length === right!.length && timingSafeEqual(left!, right!);
}

type SshOptions = {
  connectTimeoutMs: number;
  log: Log;
  onHostKey?: ConfirmHostKey | undefined;
  publicIp?: string | undefined;
};

/** An SSH connection under way; both promises reject with the same error when it ends before. */
export type SshOpening = {
  /** The server proved that it holds the host key, and the key is the pinned or confirmed one: gives its fingerprint. */
  identified: Promise<string>;
  /** Logged in. */
  ready: Promise<Tunnel>;
  close(): void;
};

export const sshPlace = (ssh: SshSettings, publicIp?: string): Place => ({
  host: ssh.host,
  port: ssh.port,
  user: ssh.user,
  service: 'ssh',
  ...(publicIp && { publicIp }),
});

/** The whole way: address, TCP, host key, login. Throws the ShopError of the step that failed. */
export async function openTunnel(
  ssh: SshSettings,
  options: SshOptions & { allowedNetworks: readonly string[] },
): Promise<Tunnel> {
  const key = ssh.privateKey ? readPrivateKey(ssh.privateKey, ssh.passphrase) : {};
  const { allowedNetworks, connectTimeoutMs, publicIp } = options;
  const checked = await resolveShopHost(ssh.host, ssh.port, { allowedNetworks, service: 'ssh' });
  const sock = await dial(checked, connectTimeoutMs, sshPlace(ssh, publicIp));
  return await startSsh(ssh, { ...options, key, sock }).ready;
}

/** Speaks SSH over a TCP connection that is open. `key` is what readPrivateKey() made of the settings' key. */
export function startSsh(
  ssh: SshSettings,
  {
    sock,
    key,
    connectTimeoutMs,
    log,
    onHostKey,
    publicIp,
  }: SshOptions & { sock: Socket; key: { privateKey?: string; passphrase?: string } },
): SshOpening {
  const facts = placeFacts(sshPlace(ssh, publicIp));
  const where = `${ssh.host}:${ssh.port}`;
  const client = new ssh2.Client();
  let refused: AppError | null = null;
  let seen = '';
  let onIdentified: (fingerprint: string) => void;
  let onRefused: (error: AppError) => void;
  const identified = new Promise<string>((resolve, reject) => {
    onIdentified = resolve;
    onRefused = reject;
  });

  async function verify(hostKey: Buffer): Promise<boolean> {
    const fingerprint = fingerprintOf(hostKey);
    seen = fingerprint;
    const expected = ssh.hostKeyFingerprint;
    if (expected !== null) {
      if (isSameFingerprint(expected, fingerprint)) return true;
      refused = new SshHostKeyChangedError(`${where}: the host key changed to ${fingerprint}`, {
        facts: { ...facts, expected, fingerprint },
      });
      return false;
    }
    if (await onHostKey?.(fingerprint)) return true;
    refused = new SshHostKeyUnknownError(`${where}: unknown host key ${fingerprint}`, {
      facts: { ...facts, fingerprint },
    });
    return false;
  }

  const ready = new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const startTimer = () => {
      timer = setTimeout(
        () => fail(new SshFailedError(`${where}: no SSH answer in ${connectTimeoutMs} ms`, { facts })),
        connectTimeoutMs,
      );
    };
    const fail = (error: AppError) => {
      clearTimeout(timer);
      client.destroy();
      onRefused(error);
      reject(error);
    };
    startTimer();
    client.once('handshake', () => onIdentified(seen));
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
    client.on('error', (cause: Error & { level?: string }) => {
      if (refused) return fail(refused);
      if (cause.level === 'client-authentication') {
        return fail(new SshAuthError(`${where} refused user ${ssh.user}`, { cause, facts }));
      }
      fail(new SshFailedError(`${where}: ${cause.message}`, { cause, facts }));
    });
    client.once('close', () => fail(refused ?? new SshFailedError(`${where} closed the connection`, { facts })));
    // Many hostings offer the password only as keyboard-interactive; it is given once, so a refusal ends.
    let isAsked = false;
    client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) => {
      finish(isAsked ? [] : prompts.map(() => ssh.password ?? ''));
      isAsked = true;
    });
    client.connect({
      sock,
      username: ssh.user,
      ...key,
      ...(ssh.password !== undefined && ssh.password !== '' && { password: ssh.password, tryKeyboard: true }),
      readyTimeout: 0,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      hostVerifier: (hostKey: Buffer, answer: (isGood: boolean) => void) => {
        // A person may take a minute to compare a fingerprint.
        clearTimeout(timer);
        verify(hostKey).then(
          (isGood) => {
            startTimer();
            answer(isGood);
          },
          () => answer(false),
        );
      },
    });
  });

  const tunnel: Tunnel = {
    openStream(host, port) {
      return new Promise((resolve, reject) => {
        const target = `${host}:${port}`;
        const options = { facts: { ...facts, target } };
        const timer = setTimeout(
          () => reject(new SshTargetRefusedError(`${where} got no answer from ${target}`, options)),
          connectTimeoutMs,
        );
        client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
          clearTimeout(timer);
          if (!error) {
            // When the database drops its connection the SSH server says only that no more comes, and waits for us to close.
            stream.once('end', () => stream.destroy());
            return resolve(stream);
          }
          const reason = 'reason' in error ? error.reason : undefined;
          // RFC 4254 §5.1: 1 = administratively prohibited, 2 = connect failed.
          if (reason === 1 || reason === 'ADMINISTRATIVELY_PROHIBITED' || /prohibited/i.test(error.message)) {
            return reject(
              new SshForwardingDeniedError(`${where} forbids tunnels to ${target}`, { ...options, cause: error }),
            );
          }
          reject(new SshTargetRefusedError(`${where} cannot reach ${target}`, { ...options, cause: error }));
        });
      });
    },
    close() {
      client.end();
      setTimeout(() => client.destroy(), 1000).unref();
    },
  };
  const opened = ready.then(() => {
    client
      .removeAllListeners('error')
      .on('error', (error) => log.warn('shop.ssh_error', { host: ssh.host, reason: error.message }));
    return tunnel;
  });
  // Each may fail before the caller waits for it.
  for (const promise of [identified, opened]) promise.catch(() => undefined);
  return { identified, ready: opened, close: () => client.destroy() };
}
