// 5: the SSH server lets us through to the database's port.
import type { Check, Finding } from '../check.ts';

export const sshForwarding: Check = {
  nn: 5,
  name: 'Túnel até o banco',
  only: 'ssh',
  needs: ['tunnel'],
  async run({ settings, found }): Promise<Finding> {
    const stream = await found.tunnel!.openStream(settings.host, settings.port);
    stream.destroy();
    return { state: 'ok', code: 'ssh_forwards', facts: { target: `${settings.host}:${settings.port}` } };
  },
};
