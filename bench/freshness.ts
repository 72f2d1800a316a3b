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
      /** By company: when a commit was told. */
      const told = new Map<string, number[]>();
      listener.on('notification', ({ payload }) => {
        const { tenant } = JSON.parse(payload!) as { tenant: string };
        told.set(tenant, [...(told.get(tenant) ?? []), Date.now()]);
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
      const filled: { name: string; tenantId: string; siteId: string; id: number; at: number }[] = [];
      const startedAt = performance.now();
      for (let change = 0; change < (minutos! * 60) / segundos!; change++) {
        const shop = live.shops[change % live.shops.length]!;
        const name = `Fresca ${change}x`;
        filled.push({ name, tenantId: shop.tenantId, siteId: shop.siteId, ...(await live.fillForm(shop, name)) });
        await pause(Math.max(0, startedAt + (change + 1) * segundos! * 1000 - performance.now()));
      }
      await pause((intervalSeconds + 5) * 1000);
      const { rows } = await live.owner.query<{ site: string; id: string; seen: Date }>(
        // the name comes with the answers, in a commit of its own after the entry's
        'select site_id as site, lead_external_id as id, max(first_seen_at) as seen from lead_answers group by 1, 2',
      );
      const seenAt = new Map(rows.map(({ site, id, seen }) => [`${site}:${id}`, seen.getTime()]));
      const whole = filled.map(({ name, at }) => ((shown.get(name) ?? Number.POSITIVE_INFINITY) - at) / 1000);
      const last = filled.map(({ name, tenantId, siteId, id }) => {
        const seen = seenAt.get(`${siteId}:${id}`) ?? Number.POSITIVE_INFINITY;
        const committed = told.get(tenantId)?.find((instant) => instant >= seen) ?? Number.NEGATIVE_INFINITY;
        return (shown.get(name) ?? Number.POSITIVE_INFINITY) - committed;
      });
      for (const stream of streams) stream.destroy();
      await listener.end();
      await api.stop();
      await live.stop();
      const [p95, p99, middle] = [quantile(whole, 0.95), quantile(last, 0.99), quantile(last, 0.5)];
      return {
        figures: { p95Seconds: p95, lastP99Ms: p99, lastMedianMs: middle, changes: filled.length },
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
        row: `p95 ≤ intervalo + 1 s; Postgres → página, p99 ≤ 250 ms | + 0,3 s; 100 ms | p95 ${decimal(p95, 1)} s com consulta a cada ${intervalSeconds} s; p99 ${decimal(p99)} ms, mediana ${decimal(middle)} ms`,
      };
    } finally {
      await world.stop();
    }
  },
});
