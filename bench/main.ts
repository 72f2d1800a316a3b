// `npm run bench -- <name> [options]`: measurements at full size that are no tests: they take minutes and demand no seconds (README.md).
const [name, ...args] = process.argv.slice(2);
const benches: { [name: string]: () => Promise<{ run(args: string[]): Promise<number> }> } = {
  'first-sync': () => import('./first-sync.ts'),
  recompute: () => import('./recompute.ts'),
  sse: () => import('./sse.ts'),
};
const bench = benches[name ?? ''];
if (!bench) {
  process.stderr.write(`Uso: npm run bench -- <medida> [--help]\nMedidas: ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = name === '--help' ? 0 : 2;
} else {
  process.exitCode = await (await bench()).run(args);
}
