// 3: does SSH answer, and is it the server whose key a person confirmed? A key that cannot be read does not hinder this: it is told by check 4.
import { AppError } from '#shared/errors.ts';
import { readPrivateKey } from '../../connections/ssh-key.ts';
import { type SshSettings, startSsh } from '../../connections/ssh-tunnel.ts';
import { type DoctorContext, defineCheck } from '../check.ts';

export default defineCheck({
  nn: 3,
  name: 'ssh-identity',
  only: 'ssh',
  needs: ['socket'],
  async run(context) {
    const { settings, found, limits, publicIp, log, closers } = context;
    const ssh = settings.ssh!;
    const opening = startSsh(ssh, {
      sock: found.socket!,
      key: readKey(ssh, context),
      connectTimeoutMs: limits.connectTimeoutMs ?? 10_000,
      log,
      publicIp: publicIp ?? undefined,
    });
    closers.push(opening.close);
    const fingerprint = await opening.identified;
    // Without the key the login would only be a refused attempt in the server's log.
    if (context.early.has(4)) opening.close();
    found.ssh = opening;
    return { state: 'ok', code: 'ssh_identified', facts: { host: ssh.host, fingerprint } };
  },
});

function readKey({ privateKey, passphrase }: SshSettings, { early }: DoctorContext) {
  if (!privateKey) return {};
  try {
    return readPrivateKey(privateKey, passphrase);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    early.set(4, error);
    return {};
  }
}
