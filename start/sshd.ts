// A private sshd on a free port of the loopback, for the demo's tunnel and for tests: key login, forwarding only. It runs as ourselves and lets in
// ourselves; for root both are `nobody`, because an sshd of root needs a system user of its own.

import { createHash } from 'node:crypto';
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findServerPrograms } from './debian-servers.ts';
import { freePort, greets, makeServerFolder, serverUser, startServer, stopServer, untilReady } from './processes.ts';

export type Sshd = {
  host: '127.0.0.1';
  port: number;
  user: string;
  /** Private key (OpenSSH) that may log in. */
  privateKey: string;
  /** `SHA256:…` of the host key. */
  hostKeyFingerprint: string;
  /** The host's private key (OpenSSH) and the file of public keys that may log in: tests change them. */
  hostKey: string;
  authorizedKeysFile: string;
  stop(): Promise<void>;
};

/** Starts sshd in `dir`; the keys are made at the first time. `options` are lines of sshd_config put before ours: the first one of a kind wins. */
export async function startSshd({
  dir,
  port,
  options = [],
}: {
  dir: string;
  port?: number;
  options?: string[];
}): Promise<Sshd> {
  const { usr, env } = await findServerPrograms('sshd');
  makeServerFolder(dir);
  const [hostKeyFile, clientKeyFile, authorizedKeysFile] = ['host_key', 'client_key', 'authorized_keys'].map((name) =>
    join(dir, name),
  ) as [string, string, string];
  for (const file of [hostKeyFile, clientKeyFile]) {
    if (existsSync(file)) continue;
    const { makeKeyPair } = await import('./key-pair.ts');
    const pair = makeKeyPair();
    writeFileSync(file, pair.private, { mode: 0o600 });
    writeFileSync(`${file}.pub`, `${pair.public}\n`, { mode: 0o600 });
  }
  if (!existsSync(authorizedKeysFile))
    writeFileSync(authorizedKeysFile, readFileSync(`${clientKeyFile}.pub`), { mode: 0o600 });
  const chosen = port ?? (await freePort());
  const configFile = join(dir, 'sshd_config');
  writeFileSync(
    configFile,
    `${[
      ...options,
      `Port ${chosen}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKeyFile}`,
      `AuthorizedKeysFile ${authorizedKeysFile}`,
      `PidFile ${join(dir, 'sshd.pid')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      // Without PAM an sshd that cannot read /etc/shadow takes every account for locked.
      'UsePAM yes',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'AllowTcpForwarding local',
      'X11Forwarding no',
      'PermitTTY no',
      'UseDNS no',
      'MaxStartups 200',
      'LogLevel ERROR',
    ].join('\n')}\n`,
  );
  if (serverUser)
    for (const file of [hostKeyFile, authorizedKeysFile, configFile]) chownSync(file, serverUser.uid, serverUser.gid);
  // An absolute path: sshd executes itself again for each connection.
  const server = startServer(join(usr, 'sbin/sshd'), ['-D', '-e', '-f', configFile], {
    logFile: join(dir, 'sshd.log'),
    stopSignal: 'TERM',
    env,
  });
  await untilReady(server, () => greets({ host: '127.0.0.1', port: chosen }), { name: 'O sshd' });
  const [, publicPart] = readFileSync(`${hostKeyFile}.pub`, 'utf8').split(' ');
  return {
    host: '127.0.0.1',
    port: chosen,
    user: serverUser ? 'nobody' : userInfo().username,
    privateKey: readFileSync(clientKeyFile, 'utf8'),
    hostKeyFingerprint: `SHA256:${createHash('sha256').update(Buffer.from(publicPart!, 'base64')).digest('base64').replace(/=+$/, '')}`,
    hostKey: readFileSync(hostKeyFile, 'utf8'),
    authorizedKeysFile,
    stop: () => stopServer(server),
  };
}
