#!/usr/bin/env node
// The command line: registers tsx by this file's own place, so that it works from any folder.
import { register } from 'tsx/esm/api';

register();
await import(new URL('../start/carrinho.ts', import.meta.url).href);
