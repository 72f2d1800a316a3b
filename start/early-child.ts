// A process that is started before it can work: it loads its modules (a second, on a cold Node) while the servers that it needs still boot, and
// runs when its parent sends it the environment. Arguments: the main module, then modules whose loading has no effect of its own.
import { once } from 'node:events';

const [main, ...modules] = process.argv.slice(2).map((path) => new URL(`../${path}`, import.meta.url).href);

// follow-parent.mjs has let go of the channel: without it nothing would keep this process alive until it is told.
process.channel?.ref();
const told = once(process, 'message');
for (const module of modules) await import(module);
const [env] = await told;
process.channel?.unref();
Object.assign(process.env, env);
await import(main!);
