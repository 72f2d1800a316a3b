// A full pass over a shop whose copy is there already: nothing changed, or every tenth order, scattered over the whole history. Beside the plainest reading of
// the same rows, with every record that Postgres logged for a business table.
import { watchWal } from '../test/support/wal-records.ts';
import { orderReads, readByClient } from './peers.ts';
import { decimal, defineBench, inTurn, median, Noise, percent } from './report.ts';
import { prefix } from './shop-rows.ts';
import { type SyncReport, startWorld } from './world.ts';

const options = {
  linhas: { value: 60_000, help: 'pedidos da loja' },
  vezes: { value: 3, help: 'rodadas; vale a mediana' },
};

type Given = { [name: string]: number };
type Say = (text: string) => void;

async function measureResync({ linhas, vezes }: Given, say: Say, share: 0 | 0.1) {
  const rows = linhas!;
  const world = await startWorld();
  const noise = new Noise();
  try {
    const shop = await world.makeShop({ orders: rows });
    const copy = await world.makeCopy(shop);
    await copy.sync('poll');
    const change = async () => {
      await shop.admin.query(
        `update ${prefix}wc_orders set total_amount = total_amount + 1, date_updated_gmt = utc_timestamp() - interval 1 day where id % 10 = 3`,
      );
    };
    const watch = await watchWal(copy.adminUrl);
    const reports: (SyncReport & { wal: number; mariadb: number; postgres: number })[] = [];
    const seconds = await inTurn(vezes!, {
      read: () => readByClient(world, shop, orderReads),
      sync: async () => {
        noise.sample();
        if (share > 0) await change();
        await world.checkpoint();
        const [cpu, wal] = [world.serverCpu(), await world.wal()];
        const report = await copy.sync('full');
        const after = world.serverCpu();
        reports.push({
          ...report,
          wal: Number((await world.wal()) - wal),
          postgres: after.postgres - cpu.postgres,
          mariadb: after.mariadb - cpu.mariadb,
        });
        return report.seconds - report.recomputeSeconds;
      },
      // By fingerprints, as each night: finds the same changes without reading what did not change.
      reconcile: async () => {
        if (share > 0) await change();
        const report = await copy.sync('reconcile');
        return report.seconds - report.recomputeSeconds;
      },
    });
    const { records } = await watch.read();
    await watch.end();
    const written = reports.map((report) => report.written);
    const of = (figure: (report: (typeof reports)[number]) => number) => median(reports.map(figure)) / rows;
    const figures = {
      rowsPerSecond: rows / median(seconds.sync!),
      readLimit: rows / median(seconds.read!),
      reconcileRowsPerSecond: rows / median(seconds.reconcile!),
      nodeUs: of((report) => report.nodeCpu) * 1e6,
      writerUs: of((report) => report.writerCpu) * 1e6,
      postgresUs: of((report) => report.postgres) * 1e6,
      mariadbUs: of((report) => report.mariadb) * 1e6,
      walBytes: of((report) => report.wal),
      peakMb: Math.max(...reports.map((report) => report.peakMb)),
      written: median(written),
      records: records.reduce((sum, { count }) => sum + count, 0),
    };
    say(
      `pedidos/s: nós ${decimal(figures.rowsPerSecond)} · leitura ${decimal(figures.readLimit)} · só o que mudou, por impressões digitais ${decimal(figures.reconcileRowsPerSecond)}; µs por pedido: Node ${decimal(figures.nodeUs)} · Postgres ${decimal(figures.postgresUs)} (de quem grava ${decimal(figures.writerUs)}) · MariaDB ${decimal(figures.mariadbUs)}; ${decimal(figures.walBytes, 1)} bytes de WAL por pedido; ${decimal(figures.peakMb)} MB; ${noise.text()}`,
    );
    const ratio = figures.rowsPerSecond / figures.readLimit;
    return { rows, figures, ratio, noise: noise.text() };
  } finally {
    await world.stop();
  }
}

export const unchanged = defineBench('resync-unchanged', {
  about: 'Passagem completa sobre pedidos que não mudaram: não pode gravar nada.',
  options,
  async measure(given, say) {
    const { figures, ratio, noise } = await measureResync(given, say, 0);
    return {
      figures,
      demands: [
        { text: `${percent(ratio)} do limite de leitura (mínimo 75 %)`, isMet: ratio >= 0.75 },
        {
          text: `${figures.records} registros de tabelas de negócio no log (até 0), ${figures.written} linhas gravadas`,
          isMet: figures.records === 0 && figures.written === 0,
        },
      ],
      row: `≥ 75 % da leitura, nenhum registro no log | 90 % | ${percent(ratio)}; ${figures.records} registros (${noise})`,
    };
  },
});

export const tenth = defineBench('resync-10pct', {
  about: 'Passagem completa depois que um em cada dez pedidos mudou.',
  options,
  async measure(given, say) {
    const { rows, figures, ratio, noise } = await measureResync(given, say, 0.1);
    return {
      figures,
      demands: [
        { text: `${percent(ratio)} do limite de leitura (mínimo 50 %)`, isMet: ratio >= 0.5 },
        { text: `${decimal(figures.walBytes)} bytes de WAL por pedido lido (até 600)`, isMet: figures.walBytes <= 600 },
        {
          text: `${figures.written} pedidos gravados (um em dez)`,
          isMet: figures.written === Math.floor((rows + 7) / 10),
        },
      ],
      row: `≥ 50 % da leitura, ≤ 600 B de WAL | 65 %; 250 B | ${percent(ratio)}; ${decimal(figures.walBytes)} B (${noise})`,
    };
  },
});
