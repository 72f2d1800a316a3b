// Finds a Chromium for the browser tests; as root on Debian it is installed when it is missing, elsewhere one sentence says what to do.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

function findChromium(): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/bin']) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
      if (folder && existsSync(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** The path of Chromium; throws the sentence that says how to get it. */
export function getChromium(): string {
  if (!findChromium() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['-qq', 'update'], { stdio: 'ignore', env });
    execFileSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore', env });
  }
  const path = findChromium();
  if (!path) throw new Error('Não há Chromium nesta máquina: instale com "apt-get install chromium" e rode de novo.');
  return path;
}

export default function setup(project: TestProject): void {
  project.provide('chromium', getChromium());
}
