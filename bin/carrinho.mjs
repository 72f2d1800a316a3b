#!/usr/bin/env node
// The command line, from any folder.
process.argv.splice(2, 0, 'start/carrinho.ts');
await import('../start/run.mjs');
