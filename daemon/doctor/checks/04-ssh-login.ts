// 4: the SSH login: user, key with its passphrase, password. What is wrong with a key is said instead of "all methods failed".
import type { Check, Finding } from '../check.ts';

export const sshLogin: Check = {
  nn: 4,
  name: 'Login SSH',
  only: 'ssh',
  needs: ['ssh'],
  async run({ settings, found }): Promise<Finding> {
    if (found.held) throw found.held;
    found.tunnel = await found.ssh!.ready;
    const { user, privateKey } = settings.ssh!;
    return { state: 'ok', code: 'ssh_logged_in', facts: { user, by: privateKey ? 'key' : 'password' } };
  },
};
