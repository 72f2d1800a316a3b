// A first sync through an SSH tunnel, and through one whose shop answers each statement 20 ms later, beside the direct one.
import { join } from 'node:path';
import type { ConnectionSettings } from '../daemon/connections/connection.ts';
import { startSshd } from '../start/sshd.ts';
import { closeListeners, startSlowLine } from '../test/support/tcp.ts';
import { decimal, defineBench, inTurn, median, Noise, percent } from './report.ts';
import { startWorld } from './world.ts';

const latencyMs = 20;

export const { run } = defineBench('tunnel', {
  about: 'Primeira sincronização por túnel SSH, e com 20 ms de atraso por comando, ao lado da direta.',
  options: {
    linhas: { value: 20_000, help: 'pedidos da loja' },
    vezes: { value: 3, help: 'rodadas; vale a mediana' },
  },
  async measure({ linhas, vezes }, say) {
    const world = await startWorld();
    const noise = new Noise();
    const sshd = await startSshd({ dir: join(world.dir, 'sshd') });
    try {
      const shop = await world.makeShop({ orders: linhas! });
      const slowLine = await startSlowLine(shop.port);
      slowLine.slow(latencyMs);
      const { host, port, user, privateKey, hostKeyFingerprint } = sshd;
      const ssh = { host, port, user, privateKey, hostKeyFingerprint };
      const sync = (line: Partial<ConnectionSettings>) => async () => {
        noise.sample();
        const copy = await world.makeCopy(shop, { line });
        const { seconds, recomputeSeconds } = await copy.sync('poll');
        await copy.drop();
        return seconds - recomputeSeconds;
      };
      const seconds = await inTurn(vezes!, {
        direct: sync({}),
        ssh: sync({ mode: 'ssh', ssh }),
        far: sync({ mode: 'ssh', ssh, port: slowLine.port }),
      });
      const rate = (name: string) => linhas! / median(seconds[name]!);
      const figures = { direct: rate('direct'), ssh: rate('ssh'), far: rate('far') };
      say(
        `pedidos/s: direto ${decimal(figures.direct)} · SSH ${decimal(figures.ssh)} · SSH e 20 ms ${decimal(figures.far)}; ${noise.text()}`,
      );
      const [ssh1, far] = [figures.ssh / figures.direct, figures.far / figures.direct];
      return {
        figures,
        demands: [
          { text: `${percent(ssh1)} do direto por SSH (mínimo 50 %)`, isMet: ssh1 >= 0.5 },
          { text: `${percent(far)} do direto com mais 20 ms (mínimo 50 %)`, isMet: far >= 0.5 },
        ],
        row: `≥ 50 % do direto | 80 % | SSH ${percent(ssh1)}; com 20 ms ${percent(far)} (${noise.text()})`,
      };
    } finally {
      await closeListeners();
      await sshd.stop();
      await world.stop();
    }
  },
});
