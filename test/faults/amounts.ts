// How much of each fault is injected: little in every run of the tests, much by `npm run test:faults`. One variable each, so that a shorter long
// form can be asked for; what was really done is counted by the tests and told by the report.

const isLong = process.env.FAULTS === 'long';

function amount(name: string, short: number, long: number): number {
  const given = process.env[`FAULTS_${name}`];
  return given ? Number(given) : isLong ? long : short;
}

/** Ends a test that hangs: the long form does more, and beside other work. */
export const timeLimit = isLong ? 1_800_000 : 600_000;

export const amounts = {
  isLong,
  /** Of the reading process; the last part of them of a whole daemon. */
  kills: amount('KILLS', 20, 90),
  daemonKills: amount('DAEMON_KILLS', 2, 10),
  /** Half of them direct, half through SSH. */
  cuts: amount('CUTS', 20, 50),
  fuzzedRows: amount('FUZZED_ROWS', 3_000, 20_000),
  terminations: amount('TERMINATIONS', 1, 6),
  shopRestarts: amount('SHOP_RESTARTS', 1, 5),
  postgresRestarts: amount('POSTGRES_RESTARTS', 2, 6),
  /** Crowd of the shop that is read while the daemon is killed. */
  killedShop: isLong ? ('medium' as const) : ('tiny' as const),
  /** The short form is the same at every run of the tests; the long one looks for what nobody has seen. */
  seed: Number(process.env.FAULTS_SEED ?? (isLong ? Date.now() % 1_000_000 : 20_261_124)),
};
