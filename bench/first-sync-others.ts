// First syncs of what is no order: carts with their serialized contents, and form entries with their answers. Each beside the plainest reading of its rows,
// and beside the plainest writing of what we keep of them. A small row is read in one or two microseconds, and is twenty entries of our indexes.
import { prepareCopy, readByClient } from './peers.ts';
import { decimal, defineBench, inTurn, median, Noise, percent } from './report.ts';
import { prefix } from './shop-rows.ts';
import { type Copy, type SyncReport, startWorld } from './world.ts';

const kinds = {
  carts: {
    rows: 40_000,
    each: 1,
    what: 'carrinhos',
    reads: [`select * from ${prefix}cartflows_ca_cart_abandonment`],
    tables: ['carts', 'cart_items', 'match_keys', 'search_terms'],
  },
  leads: {
    rows: 15_000,
    each: 5,
    what: 'envios de formulário, com quatro respostas cada',
    reads: [`select * from ${prefix}fv_enteries`, `select * from ${prefix}fv_entry_meta`],
    tables: ['leads', 'lead_answers', 'match_keys', 'search_terms'],
  },
};

const firstSyncOf = (kind: keyof typeof kinds) =>
  defineBench(`first-sync-${kind}`, {
    about: `Primeira sincronização de ${kinds[kind].what}, ao lado dos limites de leitura e de escrita.`,
    options: {
      linhas: { value: kinds[kind].rows, help: 'quantos' },
      vezes: { value: 3, help: 'rodadas; vale a mediana' },
    },
    async measure({ linhas, vezes }, say) {
      const rows = linhas!;
      const { each } = kinds[kind];
      const world = await startWorld();
      const noise = new Noise();
      try {
        const shop = await world.makeShop({ [kind]: rows });
        const reports: SyncReport[] = [];
        let copy: Copy | undefined;
        const sync = async () => {
          noise.sample();
          await copy?.drop();
          copy = await world.makeCopy(shop);
          const report = await copy.sync('poll');
          if (report.written !== rows * each) throw new Error(`${report.written} of ${rows * each} rows were written`);
          reports.push(report);
          return report.seconds - report.recomputeSeconds;
        };
        await sync();
        reports.length = 0;
        const scratch = await world.makeCopy(shop);
        await scratch.end();
        const { reads, tables } = kinds[kind];
        const seconds = await inTurn(vezes!, {
          read: () => readByClient(world, shop, reads),
          write: await prepareCopy(world, { from: copy!.adminUrl, into: scratch.adminUrl, tables }),
          sync,
        });
        const of = (figure: (report: SyncReport) => number) => (median(reports.map(figure)) / rows) * 1e6;
        const figures = {
          rowsPerSecond: rows / median(seconds.sync!),
          readLimit: rows / median(seconds.read!),
          writeLimit: rows / median(seconds.write!),
          nodeUs: of((report) => report.nodeCpu),
          writerUs: of((report) => report.writerCpu),
          peakMb: Math.max(...reports.map((report) => report.peakMb)),
        };
        const ratio = figures.rowsPerSecond / figures.readLimit;
        const ofWriting = percent(figures.rowsPerSecond / figures.writeLimit);
        say(
          `por segundo: nós ${decimal(figures.rowsPerSecond)} · leitura ${decimal(figures.readLimit)} · escrita, com termos de busca, ${decimal(figures.writeLimit)}; µs de cada: Node ${decimal(figures.nodeUs)} · Postgres, de quem grava ${decimal(figures.writerUs)}; ${decimal(figures.peakMb)} MB`,
        );
        return {
          figures,
          demands: [
            {
              text: `${percent(ratio)} do limite de leitura (mínimo 40 %); ${ofWriting} do de escrita`,
              isMet: ratio >= 0.4,
            },
          ],
          row: `≥ 40 % da leitura | 70 % | ${percent(ratio)}; ${ofWriting} da escrita do que guardamos (${noise.text()})`,
        };
      } finally {
        await world.stop();
      }
    },
  });

export const carts = firstSyncOf('carts');
export const leads = firstSyncOf('leads');
