// 2: the port opens. A port that does not answer mostly waits for our address to be allowed: the remedy names it.
import { shopPlace } from '../../connections/connection.ts';
import { dial } from '../../connections/dial.ts';
import { sshPlace } from '../../connections/ssh-tunnel.ts';
import type { Check, Finding } from '../check.ts';

export const port: Check = {
  nn: 2,
  name: 'Porta',
  needs: ['address'],
  async run({ settings, found, publicIp, connectTimeoutMs }): Promise<Finding> {
    const ip = publicIp ?? undefined;
    const place = settings.ssh ? sshPlace(settings.ssh, ip) : shopPlace(settings, ip);
    found.socket = await dial(found.address!, connectTimeoutMs, place);
    return { state: 'ok', code: 'port_open', facts: { host: place.host, port: String(place.port) } };
  },
};
