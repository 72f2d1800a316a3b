// 4: does the SSH server let the user in? A private key that cannot be read is named by its format before anybody is asked.
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 4,
  name: 'ssh-login',
  only: 'ssh',
  needs: ['ssh'],
  async run({ settings, found, early, closers }) {
    const unreadable = early.get(4);
    if (unreadable) throw unreadable;
    const tunnel = await found.ssh!.ready;
    closers.push(() => tunnel.close());
    found.tunnel = tunnel;
    const { user, privateKey } = settings.ssh!;
    return { state: 'ok', code: 'ssh_login_ok', facts: { user, method: privateKey ? 'chave' : 'senha' } };
  },
});
