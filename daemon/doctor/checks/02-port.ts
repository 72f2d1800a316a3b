// 2: does the port answer? A silent one is mostly a firewall: the text names the address of ours that must be allowed there.
import { shopPlace } from '../../connections/connection.ts';
import { dial } from '../../connections/dial.ts';
import { sshPlace } from '../../connections/ssh-tunnel.ts';
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 2,
  name: 'port',
  needs: ['address'],
  async run({ settings, found, limits, publicIp, closers }) {
    const address = found.address!;
    const known = publicIp ?? undefined;
    const place = settings.ssh ? sshPlace(settings.ssh, known) : shopPlace(settings, known);
    const socket = await dial(address, limits.connectTimeoutMs ?? 10_000, place);
    closers.push(() => socket.destroy());
    found.socket = socket;
    if (settings.mode === 'direct') found.stream = socket;
    return { state: 'ok', code: 'port_open', facts: { host: address.host, port: String(address.port) } };
  },
});
