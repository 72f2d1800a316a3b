// The most memory that the daemon's process holds in a first sync of few rows and of many: pages bound it, not tables.
import { decimal, defineBench, percent } from './report.ts';
import { startWorld } from './world.ts';

export const { run } = defineBench('memory', {
  about: 'Pico de memória do daemon: poucas linhas e muitas.',
  options: {
    poucas: { value: 10_000, help: 'linhas da loja pequena' },
    linhas: { value: 100_000, help: 'linhas da grande' },
  },
  async measure({ poucas, linhas }, say) {
    const world = await startWorld();
    try {
      const peak = async (rows: number) => {
        const shop = await world.makeShop({ orders: Math.ceil(rows * 0.6), carts: Math.ceil(rows * 0.4) });
        const copy = await world.makeCopy(shop);
        await copy.sync('poll');
        const { peakMb } = await copy.sync('full');
        await copy.drop();
        return peakMb;
      };
      const few = await peak(poucas!);
      const many = await peak(linhas!);
      const growth = many / few - 1;
      say(`${decimal(poucas!)} linhas: ${decimal(few)} MB · ${decimal(linhas!)} linhas: ${decimal(many)} MB`);
      return {
        figures: { fewMb: few, manyMb: many },
        demands: [
          { text: `${percent(growth)} a mais (até 10 %)`, isMet: growth <= 0.1 },
          { text: `${decimal(many)} MB (até 200)`, isMet: many <= 200 },
        ],
        row: `cresce ≤ 10 %; ≤ 200 MB | 130 MB | ${percent(growth)}; ${decimal(many)} MB`,
      };
    } finally {
      await world.stop();
    }
  },
});
