// `npm run bench -- <name> [options]`: measurements at full size that are no tests: they take minutes and demand no seconds (README.md).
const [name, ...args] = process.argv.slice(2);
const benches: { [name: string]: () => Promise<{ run(args: string[]): Promise<number> }> } = {
  'first-sync': () => import('./first-sync.ts'),
  'resync-unchanged': () => import('./resync.ts').then(({ unchanged }) => unchanged),
  'resync-10pct': () => import('./resync.ts').then(({ tenth }) => tenth),
  'first-sync-carts': () => import('./first-sync-others.ts').then(({ carts }) => carts),
  'first-sync-leads': () => import('./first-sync-others.ts').then(({ leads }) => leads),
  idle: () => import('./idle.ts'),
  memory: () => import('./memory.ts'),
  legacy: () => import('./legacy.ts'),
  tunnel: () => import('./tunnel.ts'),
  pages: () => import('./pages.ts'),
  freshness: () => import('./freshness.ts'),
  'thousand-shops': () => import('./thousand-shops.ts'),
  recompute: () => import('./recompute.ts'),
  sse: () => import('./sse.ts'),
};
const bench = benches[name ?? ''];
if (name === 'todas') {
  // One after the other, with their defaults: a quarter of an hour on a quiet machine. Ends with the lines of docs/performance.md.
  const { measuredRows } = await import('./report.ts');
  for (const [each, load] of Object.entries(benches)) {
    if (['recompute', 'sse', 'thousand-shops'].includes(each)) continue;
    process.stdout.write(`\n== ${each}\n`);
    const code = await (await load()).run([]).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      return 1;
    });
    if (code !== 0) process.exitCode = 1;
  }
  process.stdout.write(`\n| medida | mínimo | meta | medido |\n|---|---|---|---|\n${measuredRows.join('\n')}\n`);
} else if (!bench) {
  process.stderr.write(
    `Uso: npm run bench -- <medida> [--help]\nMedidas: ${Object.keys(benches).join(', ')}; ou todas (sem recompute, sse e thousand-shops)\n`,
  );
  process.exitCode = name === '--help' ? 0 : 2;
} else {
  process.exitCode = await (await bench()).run(args);
}
