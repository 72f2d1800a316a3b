// 5: may this user tunnel, and does the SSH server reach the database from where it stands?
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 5,
  name: 'tunnel',
  only: 'ssh',
  needs: ['tunnel'],
  async run({ settings: { host, port }, found, closers }) {
    const stream = await found.tunnel!.openStream(host, port);
    closers.push(() => stream.destroy());
    found.stream = stream;
    return { state: 'ok', code: 'tunnel_open', facts: { target: `${host}:${port}` } };
  },
});
