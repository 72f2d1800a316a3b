// A process that is started before it can work: it loads its modules while the servers that it needs still boot, and begins when its parent sends it
// the environment over Node's own channel.
import { once } from 'node:events';

/** Set in the environment of a child that has to wait for it. */
export const toldEnvironment = 'CARRINHO_WAITS_FOR_ENVIRONMENT';

/** Resolves when the process may begin to work: at once, unless its parent said that the environment is still to come. */
export async function environmentTold(): Promise<void> {
  if (!process.env[toldEnvironment]) return;
  // follow-parent.mjs has let go of the channel: without it nothing would keep this process alive until it is told.
  process.channel?.ref();
  const [env] = (await once(process, 'message')) as [NodeJS.ProcessEnv];
  process.channel?.unref();
  Object.assign(process.env, env);
}
