// A shop whose copy is there already: nothing changed, or every tenth order, scattered over the whole history. What the daemon does about it each night
// (every order compared by its fingerprint, what changed read again), and a person's "conferir tudo", which reads and makes every row anew. Beside the
// plainest reading of the same rows, with every record that Postgres logged for a business table.
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
    type Report = SyncReport & { wal: number; mariadb: number; postgres: number };
    const reports: { [kind in 'reconcile' | 'full']: Report[] } = { reconcile: [], full: [] };
    const pass = async (kind: 'reconcile' | 'full') => {
      noise.sample();
      if (share > 0) await change();
      await world.checkpoint();
      const [cpu, wal] = [world.serverCpu(), await world.wal()];
      const report = await copy.sync(kind);
      const after = world.serverCpu();
      reports[kind].push({
        ...report,
        wal: Number((await world.wal()) - wal),
        postgres: after.postgres - cpu.postgres,
        mariadb: after.mariadb - cpu.mariadb,
      });
      return report.seconds - report.recomputeSeconds;
    };
    const seconds = await inTurn(vezes!, {
      read: () => readByClient(world, shop, orderReads),
      reconcile: () => pass('reconcile'),
      full: () => pass('full'),
    });
    const { records } = await watch.read();
    await watch.end();
    const ofKind = (kind: 'reconcile' | 'full') => {
      const of = (figure: (report: Report) => number) => median(reports[kind].map(figure)) / rows;
      return {
        rowsPerSecond: rows / median(seconds[kind]!),
        nodeUs: of((report) => report.nodeCpu) * 1e6,
        writerUs: of((report) => report.writerCpu) * 1e6,
        postgresUs: of((report) => report.postgres) * 1e6,
        mariadbUs: of((report) => report.mariadb) * 1e6,
        walBytes: of((report) => report.wal),
      };
    };
    const readLimit = rows / median(seconds.read!);
    const both = [...reports.reconcile, ...reports.full];
    const figures = {
      readLimit,
      reconcile: ofKind('reconcile'),
      full: ofKind('full'),
      peakMb: Math.max(...both.map((report) => report.peakMb)),
      written: both.map((report) => report.written),
      records: records.reduce((sum, { count }) => sum + count, 0),
    };
    const tell = ({ rowsPerSecond, nodeUs, postgresUs, writerUs, mariadbUs, walBytes }: typeof figures.full) =>
      `${decimal(rowsPerSecond)} pedidos/s (µs por pedido: Node ${decimal(nodeUs)} · Postgres ${decimal(postgresUs)}, de quem grava ${decimal(writerUs)} · MariaDB ${decimal(mariadbUs)}; ${decimal(walBytes, 1)} bytes de WAL)`;
    say(
      `leitura ${decimal(readLimit)} pedidos/s · conferência da noite ${tell(figures.reconcile)} · tudo de novo ${tell(figures.full)}; ${decimal(figures.peakMb)} MB; ${noise.text()}`,
    );
    const ratio = figures.reconcile.rowsPerSecond / readLimit;
    const fullRatio = figures.full.rowsPerSecond / readLimit;
    return { rows, figures, ratio, fullRatio, noise: noise.text() };
  } finally {
    await world.stop();
  }
}

export const unchanged = defineBench('resync-unchanged', {
  about: 'Conferência de pedidos que não mudaram: não pode gravar nada.',
  options,
  async measure(given, say) {
    const { figures, ratio, fullRatio, noise } = await measureResync(given, say, 0);
    const writtenCount = Math.max(...figures.written);
    return {
      figures,
      demands: [
        { text: `${percent(ratio)} do limite de leitura (mínimo 75 %)`, isMet: ratio >= 0.75 },
        {
          text: `${figures.records} registros de tabelas de negócio no log (até 0), ${writtenCount} linhas gravadas`,
          isMet: figures.records === 0 && writtenCount === 0,
        },
      ],
      row: `≥ 75 % da leitura, nenhum registro no log | 90 % | ${percent(ratio)} (tudo de novo: ${percent(fullRatio)}); ${figures.records} registros (${noise})`,
    };
  },
});

export const tenth = defineBench('resync-10pct', {
  about: 'Conferência depois que um em cada dez pedidos mudou.',
  options,
  async measure(given, say) {
    const { rows, figures, ratio, fullRatio, noise } = await measureResync(given, say, 0.1);
    const walBytes = Math.max(figures.reconcile.walBytes, figures.full.walBytes);
    const changed = Math.floor((rows + 7) / 10);
    return {
      figures,
      demands: [
        { text: `${percent(ratio)} do limite de leitura (mínimo 50 %)`, isMet: ratio >= 0.5 },
        { text: `${decimal(walBytes)} bytes de WAL por pedido lido (até 600)`, isMet: walBytes <= 600 },
        {
          text: `${figures.written.join(', ')} pedidos gravados (um em dez)`,
          isMet: figures.written.every((count) => count === changed),
        },
      ],
      row: `≥ 50 % da leitura, ≤ 600 B de WAL | 65 %; 250 B | ${percent(ratio)} (tudo de novo: ${percent(fullRatio)}); ${decimal(walBytes)} B (${noise})`,
    };
  },
});
