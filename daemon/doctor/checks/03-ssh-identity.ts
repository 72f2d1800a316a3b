// 3: the SSH server is the one that a person confirmed. At the first contact its fingerprint is shown to be confirmed; a changed one stops everything
// before a password is sent.
import { AppError } from '#shared/errors.ts';
import { readPrivateKey } from '../../connections/ssh-key.ts';
import { startSsh } from '../../connections/ssh-tunnel.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';

export const sshIdentity: Check = {
  nn: 3,
  name: 'Identidade do servidor SSH',
  only: 'ssh',
  needs: ['socket'],
  async run(context): Promise<Finding> {
    const { settings, found, connectTimeoutMs, log, publicIp } = context;
    const sock = found.socket!;
    found.socket = null;
    const ssh = startSsh(settings.ssh!, {
      sock,
      key: readKey(context),
      connectTimeoutMs,
      log,
      publicIp: publicIp ?? undefined,
    });
    found.ssh = ssh;
    try {
      const fingerprint = await ssh.identified;
      return { state: 'ok', code: 'ssh_host_key_known', facts: { host: settings.ssh!.host, fingerprint } };
    } catch (error) {
      found.ssh = null;
      throw error;
    }
  },
};

function readKey({ settings, found }: DoctorContext): { privateKey?: string; passphrase?: string } {
  const { privateKey, passphrase } = settings.ssh!;
  if (!privateKey) return {};
  try {
    return readPrivateKey(privateKey, passphrase);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    found.held = error;
    return {};
  }
}
