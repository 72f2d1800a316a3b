// A first sync of a shop's orders, with addresses, metadata and items, beside what reading and writing those rows costs by the plainest programs, and
// beside what people would write instead. The peers copy less: no items, nothing normalised, hashed or matched.

import { loadByPgloader, orderReads, prepareCopy, readByClient, updateOrCreate, upsertEach } from './peers.ts';
import { decimal, defineBench, inTurn, median, Noise, percent, times } from './report.ts';
import { type Copy, type ServerCpu, type SyncReport, startWorld } from './world.ts';

export const { run } = defineBench('first-sync', {
  about:
    'Primeira sincronização de pedidos, ao lado do limite de leitura e de escrita, de pgloader, de um upsert por linha e do Django.',
  options: {
    linhas: { value: 40_000, help: 'pedidos da loja' },
    vezes: { value: 3, help: 'rodadas; vale a mediana' },
    pares: { value: 3_000, help: 'linhas do upsert e do Django; 0: nem eles nem pgloader' },
    comandos: { value: 20, help: 'comandos SQL mais caros a mostrar, de mais uma sincronização, que não conta' },
  },
  async measure({ linhas: rows, vezes: rounds, pares: peerRows, comandos }, say) {
    const world = await startWorld();
    const noise = new Noise();
    try {
      const shop = await world.makeShop({ orders: rows! });
      const syncs: (SyncReport & { cpu: ServerCpu; wal: number })[] = [];
      let copy: Copy | undefined;
      const sync = async () => {
        await copy?.drop();
        copy = await world.makeCopy(shop);
        await world.checkpoint();
        const [before, walBefore] = [world.serverCpu(), await world.wal()];
        const report = await copy.sync('poll');
        const after = world.serverCpu();
        if (report.written !== rows) throw new Error(`${report.written} of ${rows} orders were written`);
        const cpu = { postgres: after.postgres - before.postgres, mariadb: after.mariadb - before.mariadb };
        syncs.push({ ...report, cpu, wal: Number((await world.wal()) - walBefore) });
        return report.seconds - report.recomputeSeconds;
      };
      await sync();
      const scratch = await world.makeCopy(shop);
      await scratch.end();
      const [from, into] = [copy!.adminUrl, scratch.adminUrl];
      const business = ['orders', 'order_items', 'match_keys'];
      const write = await prepareCopy(world, { from, into, tables: business });
      const writeWithTerms = await prepareCopy(world, { from, into, tables: [...business, 'search_terms'] });
      const seconds = await inTurn(rounds!, {
        read: () => readByClient(world, shop, orderReads),
        write,
        writeWithTerms,
        ...(peerRows! > 0 && {
          pgloader: () => loadByPgloader(world, shop, scratch.adminUrl),
          upsert: () => upsertEach(world, shop, scratch.adminUrl, peerRows!),
          django: () => updateOrCreate(world, shop, scratch.adminUrl, peerRows!),
        }),
        sync: async () => {
          noise.sample();
          return await sync();
        },
      });
      const rate = (name: string, count: number) => (seconds[name] ? count / median(seconds[name]) : 0);
      const ours = rate('sync', rows!);
      const limit = Math.min(rate('read', rows!), rate('write', rows!));
      const us = (pickSeconds: (report: (typeof syncs)[number]) => number) =>
        (median(syncs.slice(1).map(pickSeconds)) * 1e6) / rows!;
      const figures = {
        rowsPerSecond: ours,
        rowsPerSecondWithRecompute: rows! / median(syncs.slice(1).map((report) => report.seconds)),
        readLimit: rate('read', rows!),
        writeLimit: rate('write', rows!),
        writeLimitWithTerms: rate('writeWithTerms', rows!),
        pgloader: rate('pgloader', rows!),
        upsert: rate('upsert', peerRows!),
        django: rate('django', peerRows!),
        nodeUs: us((report) => report.nodeCpu),
        writerUs: us((report) => report.writerCpu),
        postgresUs: us((report) => report.cpu.postgres),
        mariadbUs: us((report) => report.cpu.mariadb),
        walBytes: median(syncs.map((report) => report.wal)) / rows!,
        peakMb: Math.max(...syncs.map((report) => report.peakMb)),
      };
      say(
        `pedidos/s: nós ${decimal(ours)} (com o recálculo ${decimal(figures.rowsPerSecondWithRecompute)}) · leitura ${decimal(figures.readLimit)} · escrita ${decimal(figures.writeLimit)}, com os termos de busca ${decimal(figures.writeLimitWithTerms)} · pgloader ${decimal(figures.pgloader)} · upsert ${decimal(figures.upsert)} · Django ${decimal(figures.django)}`,
      );
      say(
        `processador, µs por pedido: Node ${decimal(figures.nodeUs)} · Postgres ${decimal(figures.postgresUs)} (de quem grava ${decimal(figures.writerUs)}) · MariaDB ${decimal(figures.mariadbUs)}; ${decimal(figures.walBytes)} bytes de WAL por pedido; ${decimal(figures.peakMb)} MB; ${noise.text()}`,
      );
      const watched = await world.makeCopy(shop, { isWatched: true });
      const { statements } = await watched.sync('poll');
      say('Processador do Postgres por comando, µs por pedido:');
      for (const { name, seconds, calls } of statements.slice(0, comandos))
        say(`  ${decimal((seconds * 1e6) / rows!, 1).padStart(7)} ${String(calls).padStart(5)} × ${name}`);
      const demand = (text: string, ratio: number, least: number, isShare = false) => ({
        text: `${isShare ? percent(ratio) : times(ratio)} ${text} (mínimo ${isShare ? percent(least) : times(least)})`,
        isMet: ratio >= least,
      });
      const demands = [
        demand('do limite mais lento', ours / limit, 0.5, true),
        demand('pgloader', ours / figures.pgloader, 1.2),
        demand('Django', ours / figures.django, 50),
        demand('o upsert', ours / figures.upsert, 15),
      ];
      const row = `≥ 50 % do limite; 1,2 × pgloader; 50 × Django; 15 × upsert | 80 %; 2 ×; 100 ×; 40 × | ${percent(ours / limit)} (${percent(ours / Math.min(limit, figures.writeLimitWithTerms))} com os termos de busca no limite); ${times(ours / figures.pgloader)}; ${times(ours / figures.django)}; ${times(ours / figures.upsert)} (${noise.text()})`;
      return { figures, demands, row };
    } finally {
      await world.stop();
    }
  },
});
