// A thousand small shops on one daemon, polled each minute, with a trickle of changes: what that costs, and whether anybody is kept waiting.
import { readFileSync } from 'node:fs';
import { startLiveShops } from './live-shops.ts';
import { cpuSeconds } from './measure.ts';
import { pause } from './program.ts';
import { decimal, defineBench, percent } from './report.ts';
import { startWorld } from './world.ts';

const databases = 4;
const limits = { coreShare: 0.25, peakMb: 250, seenSeconds: 70 };

/** Thirty thousand tables in a minute or two: in one file, and nothing is waited for on the disk. */
const mariaArgs = [
  '--table-open-cache=20000',
  '--innodb-buffer-pool-size=256M',
  '--innodb-file-per-table=0',
  '--innodb-flush-method=nosync',
  '--sync-frm=0',
  '--debug-no-sync',
];

const peakMb = (pid: number) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;

export const { run } = defineBench('thousand-shops', {
  about: 'Muitas lojas pequenas num daemon só, consultadas a cada minuto, com poucas mudanças.',
  options: {
    lojas: { value: 1000, help: 'lojas' },
    minutos: { value: 10, help: 'quanto dura a medida' },
    mudancas: { value: 60, help: 'formulários preenchidos por minuto' },
    espera: { value: 12, help: 'minutos antes da medida: uma loja é tida por quieta após dez' },
  },
  async measure({ lojas, minutos, mudancas, espera }, say) {
    const world = await startWorld({ mariaArgs });
    const begunAt = performance.now();
    try {
      const live = await startLiveShops(world, { count: lojas!, databases }, say);
      const { shops, owner, daemonPid } = live;
      // Until then each poll reads an overlap again: what a new shop costs, not what it costs from day to day.
      say(`todas lidas depois de ${decimal((performance.now() - begunAt) / 60_000, 1)} min; espera ${espera} min.`);
      await pause(espera! * 60_000);
      const before = { daemon: cpuSeconds(daemonPid), ...world.serverCpu() };
      const startedAt = performance.now();
      const filled: { siteId: string; id: number; at: number }[] = [];
      for (let change = 0; change < minutos! * mudancas!; change++) {
        const shop = shops[(change * 7919) % shops.length]!;
        filled.push({ siteId: shop.siteId, ...(await live.fillForm(shop, `Pessoa ${change}`)) });
        await pause(Math.max(0, startedAt + ((change + 1) * 60_000) / mudancas! - performance.now()));
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const after = { daemon: cpuSeconds(daemonPid), ...world.serverCpu() };
      const share = (name: keyof typeof after) => (after[name] - before[name]) / seconds;
      await pause((limits.seenSeconds + 5) * 1000);
      const { rows: leads } = await owner.query<{ site: string; id: string; seen: Date }>(
        'select site_id as site, external_id as id, first_seen_at as seen from leads',
      );
      const seenAt = new Map(leads.map(({ site, id, seen }) => [`${site}:${id}`, seen.getTime()]));
      const waits = filled.map(
        ({ siteId, id, at }) => ((seenAt.get(`${siteId}:${id}`) ?? Number.POSITIVE_INFINITY) - at) / 1000,
      );
      const late = waits.filter((wait) => wait > limits.seenSeconds).length;
      const { rows } = await owner.query<{ starved: number }>(
        `select count(*)::int as starved from (select site_id, max(caught_up_at) as at from cursors group by 1) c where at < now() - interval '${limits.seenSeconds} seconds'`,
      );
      const { starved } = rows[0]!;
      const peak = peakMb(daemonPid);
      await live.stop();
      const most = Math.max(...waits);
      return {
        figures: {
          daemon: share('daemon'),
          postgres: share('postgres'),
          mariadb: share('mariadb'),
          peakMb: peak,
          most,
          late,
          starved,
        },
        demands: [
          {
            text: `daemon: ${percent(share('daemon'))} de um processador (até ${percent(limits.coreShare)}); Postgres ${percent(share('postgres'))}, MariaDB das lojas ${percent(share('mariadb'))}`,
            isMet: share('daemon') <= limits.coreShare,
          },
          { text: `pico de ${decimal(peak)} MB (até ${limits.peakMb})`, isMet: peak <= limits.peakMb },
          {
            text: `${filled.length} mudanças, ${late} vistas depois de ${limits.seenSeconds} s; a mais lenta em ${decimal(most, 1)} s`,
            isMet: late === 0,
          },
          { text: `${starved} lojas sem consulta nos últimos ${limits.seenSeconds} s`, isMet: starved === 0 },
        ],
        row: `≤ 25 % de um processador, ≤ 250 MB, tudo visto em 70 s | 10 %; 150 MB | ${shops.length} lojas: daemon ${percent(share('daemon'))}, Postgres ${percent(share('postgres'))}; ${decimal(peak)} MB; tudo visto em ${decimal(most, 1)} s`,
      };
    } finally {
      await world.stop();
    }
  },
});
