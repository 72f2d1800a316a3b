// The Chromium that looks at our pages for the screenshots and the browser tests, and a list of everything that a page must not do: errors on the
// console, violations of the content security policy, failed requests, requests to anybody else. As root on Debian a missing Chromium is installed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

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

export async function launchChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    args: [
      // Chromium's sandbox refuses to run as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** A browser profile of its own, Brazilian, with what its pages do wrong collected in `faults`. */
export async function openProfile(
  browser: Browser,
  { width, height, origin, faults = [] }: { width: number; height: number; origin: string; faults?: string[] },
): Promise<{ context: BrowserContext; faults: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
  });
  const at = (page: Page | null) => (page ? new URL(page.url()).pathname : '');
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP ${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  context.on('console', (message) => {
    // A status ≥ 400 is told below, with its address and status.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`${at(message.page())}: console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`${at(error.page())}: ${error.error()}`));
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin && !request.url().startsWith('data:'))
      faults.push(`request to ${request.url()}`);
  });
  context.on('requestfailed', (request) => {
    // Leaving a page ends its live connection.
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') faults.push(`${request.url()}: ${why}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  return { context, faults };
}
