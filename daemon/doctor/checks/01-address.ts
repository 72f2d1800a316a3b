// 1: the name resolves, and this installation may connect there. By SSH it is the SSH server's name: the database's is that server's business.
import { resolveShopHost } from '../../connections/address-rule.ts';
import type { Check, Finding } from '../check.ts';

export const address: Check = {
  nn: 1,
  name: 'Endereço',
  needs: [],
  async run({ settings, found, allowedNetworks }): Promise<Finding> {
    const { host, port } = settings.ssh ?? settings;
    const service = settings.ssh ? 'ssh' : 'mysql';
    found.address = await resolveShopHost(host, port, { allowedNetworks, service });
    return { state: 'ok', code: 'address_found', facts: { host, ip: found.address.addresses.join(', ') } };
  },
};
