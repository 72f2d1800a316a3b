// 1: does the host's name exist, and may this installation connect to where it points? Through a tunnel that is the SSH server's name.
import { resolveShopHost } from '../../connections/address-rule.ts';
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 1,
  name: 'name',
  needs: [],
  async run({ settings, found, allowedNetworks }) {
    const { host, port } = settings.ssh ?? settings;
    found.address = await resolveShopHost(host, port, { allowedNetworks, service: settings.ssh ? 'ssh' : 'mysql' });
    return {
      state: 'ok',
      code: 'name_resolved',
      facts: { host: found.address.host, ip: found.address.addresses.join(', ') },
    };
  },
});
