// The recovery rate "por pessoa": several carts of one person less than 24 h apart are one episode, and the last one counts.
import { runQuery, type TenantClient } from '../db.ts';

type Row = Record<
  | 'episode_count'
  | 'cart_count'
  | 'abandoned_count'
  | 'waiting_count'
  | 'recovered_count'
  | 'purchased_count'
  | 'rate_recovered'
  | 'rate_abandoned',
  number
>;

export type EpisodeFigures = {
  episodes: number;
  /** The carts that they are made of. */
  carts: number;
  abandoned: number;
  waiting: number;
  recovered: number;
  purchased: number;
  /** Four decimals; null where nothing is counted. */
  recoveryRate: number | null;
};

/** The episodes whose last cart began in [from, to). */
export async function loadEpisodes(
  client: TenantClient,
  { from, to }: { from: Date | null; to: Date | null },
): Promise<EpisodeFigures> {
  const { rows } = await runQuery<Row>(client, 'get_figures_episodes', { tenant: client.tenantId, from, to });
  const row = rows[0]!;
  const whole = row.rate_recovered + row.rate_abandoned;
  return {
    episodes: row.episode_count,
    carts: row.cart_count,
    abandoned: row.abandoned_count,
    waiting: row.waiting_count,
    recovered: row.recovered_count,
    purchased: row.purchased_count,
    recoveryRate: whole === 0 ? null : Math.round((row.rate_recovered / whole) * 10_000) / 10_000,
  };
}
