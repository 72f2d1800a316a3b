// How long after somebody filled in a form the operator's open page shows it: the poll's minute, the batch, the event.
import http from 'node:http';
import pg from 'pg';
import { startLiveShops } from './live-shops.ts';
import { pause } from './program.ts';
import { decimal, defineBench } from './report.ts';
import { signIn, startApi } from './sse.ts';
import { startWorld } from './world.ts';

const intervalSeconds = 60;
const limits = { wholeSeconds: intervalSeconds + 1, lastMs: 250 };

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.POSITIVE_INFINITY;

export const { run } = defineBench('freshness', {
  about: 'Do formulário enviado na loja até a linha na página aberta do operador.',
  options: {
    minutos: { value: 5, help: 'quanto dura a medida' },
    segundos: { value: 2, help: 'um formulário a cada tantos segundos' },
  },
  async measure({ minutos, segundos }, say) {
    const world = await startWorld();
    try {
      const live = await startLiveShops(world, { count: 3, databases: 1 }, say);
      const api = await startApi({ url: world.url, dataDir: world.dir });
      const listener = new pg.Client({ connectionString: world.url });
      await listener.connect();
      await listener.query('listen carrinho_changed');
      /** When the first commit was told after which Postgres has the name among the leads, and after which the list has the lead: its status. */
      const written = new Map<string, number>();
      const concluded = new Map<string, number>();
      listener.on('notification', async ({ payload }) => {
        const at = Date.now();
        const { tenant } = JSON.parse(payload!) as { tenant: string };
        // Asked after the commit was told: a later one may be seen too, which makes what follows longer, never shorter.
        const { rows } = await live.owner.query<{ name: string; isConcluded: boolean }>(
          `select l.name, s.lead_id is not null as "isConcluded"
           from leads l left join lead_statuses s on s.tenant_id = l.tenant_id and s.lead_id = l.id
           where l.tenant_id = $1 and l.name like 'Fresca %x'`,
          [tenant],
        );
        for (const { name, isConcluded } of rows) {
          if (!written.has(name)) written.set(name, at);
          if (isConcluded && !concluded.has(name)) concluded.set(name, at);
        }
      });
      const shown = new Map<string, number>();
      const streams: http.ClientRequest[] = [];
      for (const [at, { tenantId, slug }] of live.shops.entries()) {
        const headers = { Cookie: await signIn(live.owner, tenantId, at) };
        const path = `/e/${slug}/eventos?pagina=leads&periodo=hoje`;
        streams.push(
          http.get({ host: '127.0.0.1', port: api.port, path, agent: false, headers }, (response) => {
            response.setEncoding('utf8');
            response.on('data', (text: string) => {
              for (const [name] of text.matchAll(/Fresca \d+x/g)) if (!shown.has(name)) shown.set(name, Date.now());
            });
          }),
        );
      }
      const filled: { name: string; at: number }[] = [];
      const startedAt = performance.now();
      for (let change = 0; change < (minutos! * 60) / segundos!; change++) {
        const shop = live.shops[change % live.shops.length]!;
        const name = `Fresca ${change}x`;
        filled.push({ name, at: (await live.fillForm(shop, name)).at });
        await pause(Math.max(0, startedAt + (change + 1) * segundos! * 1000 - performance.now()));
      }
      await pause((intervalSeconds + 5) * 1000);
      const shownAt = (name: string) => shown.get(name) ?? Number.POSITIVE_INFINITY;
      const since = (commits: Map<string, number>) =>
        filled.map(({ name }) => shownAt(name) - (commits.get(name) ?? Number.NEGATIVE_INFINITY));
      const whole = filled.map(({ name, at }) => (shownAt(name) - at) / 1000);
      const last = since(concluded);
      const row = since(written);
      for (const stream of streams) stream.destroy();
      await listener.end();
      await api.stop();
      await live.stop();
      const [p95, p99, middle] = [quantile(whole, 0.95), quantile(last, 0.99), quantile(last, 0.5)];
      const [rowP99, rowMiddle] = [quantile(row, 0.99), quantile(row, 0.5)];
      say(
        `do commit da linha, antes do recálculo: 99 % em ${decimal(rowP99)} ms, metade em ${decimal(rowMiddle)} ms; do commit do recálculo: ${decimal(p99)} e ${decimal(middle)} ms`,
      );
      return {
        figures: {
          p95Seconds: p95,
          lastP99Ms: p99,
          lastMedianMs: middle,
          rowP99Ms: rowP99,
          rowMedianMs: rowMiddle,
          changes: filled.length,
        },
        demands: [
          {
            text: `95 % de ${filled.length} formulários na página em ${decimal(p95, 1)} s (até ${limits.wholeSeconds})`,
            isMet: p95 <= limits.wholeSeconds,
          },
          {
            text: `do Postgres à página, 99 % em ${decimal(p99)} ms (até ${limits.lastMs}), metade em ${decimal(middle)} ms`,
            isMet: p99 <= limits.lastMs,
          },
        ],
        row: `p95 ≤ intervalo + 1 s; Postgres → página, p99 ≤ 250 ms | + 0,3 s; 100 ms | p95 ${decimal(p95, 1)} s com consulta a cada ${intervalSeconds} s; p99 ${decimal(p99)} ms, mediana ${decimal(middle)} ms; do commit da linha, com o recálculo: ${decimal(rowP99)} e ${decimal(rowMiddle)} ms`,
      };
    } finally {
      await world.stop();
    }
  },
});
