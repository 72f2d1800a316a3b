// A demo world with Chromium in front of it, for the browser tests: real shops, daemon and api, real pages, and the faults that any page reported.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { launchChromium, openProfile } from '../../start/chromium.ts';
import { type DemoSite, type DemoWorld, startDemoWorld } from '../../start/demo-world.ts';

export type BrowserWorld = DemoWorld & {
  /** The owner's connection: sees every company. */
  owner: pg.Client;
  /** Everything that a page of any profile did wrong. */
  faults: string[];
  /** A profile that came in by a link of its own; `page` stands where the link led. */
  signIn(screen?: { width: number; height: number }): Promise<{ context: BrowserContext; page: Page }>;
  /** A profile that is nobody yet. */
  openProfile(screen?: { width: number; height: number }): Promise<{ context: BrowserContext }>;
  /** Asks the daemon for a poll now, not at the next minute. */
  poll(site: DemoSite): Promise<void>;
  /** The last lines that daemon and api logged, for a test that fails. */
  readLogs(): string;
};

export async function startBrowserWorld(): Promise<BrowserWorld> {
  // As root the servers run as `nobody`, who must get in.
  const dataDir = mkdtempSync(join(tmpdir(), 'cel-b-'));
  chmodSync(dataDir, 0o755);
  const [world, browser] = await Promise.all([
    startDemoWorld({ dataDir, size: 'small' }),
    launchChromium(inject('chromium')),
  ]);
  const owner = new pg.Client({ connectionString: world.databaseUrl });
  await owner.connect();
  const faults: string[] = [];
  const open: BrowserWorld['openProfile'] = async (screen = { width: 1440, height: 900 }) => {
    const { context } = await openProfile(browser, { ...screen, origin: world.publicUrl, faults });
    context.setDefaultTimeout(60_000);
    return { context };
  };
  return {
    ...world,
    owner,
    faults,
    openProfile: open,
    async signIn(screen) {
      const { context } = await open(screen);
      const page = await context.newPage();
      await page.goto(await world.createLink());
      return { context, page };
    },
    async poll({ tenantId, siteId }) {
      await withTenant(world.pool, tenantId, (client) => client.query('select enqueue_job($1)', [siteId]));
    },
    readLogs: () =>
      ['daemon', 'api']
        .map((name) =>
          readFileSync(join(dataDir, `${name}.log`), 'utf8')
            .split('\n')
            .slice(-60)
            .join('\n'),
        )
        .join('\n'),
    async stop() {
      await browser.close();
      await owner.end();
      await world.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Marks the document: a reload would lose the mark, moving rows inside it does not. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.dataset.marked = 'yes';
  });
}

export async function isSameDocument(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.dataset.marked === 'yes');
}

/** From now on every text that the elements of `selector` show is kept, with its moment (epoch ms); `read` gives them in order. */
export async function watchText(page: Page, selector: string): Promise<() => Promise<{ text: string; at: number }[]>> {
  const seen = await page.evaluateHandle((css) => {
    const texts: { text: string; at: number }[] = [];
    const look = () => {
      const text = [...document.querySelectorAll(css)].map((element) => element.textContent?.trim()).join(' | ');
      if (text !== texts.at(-1)?.text) texts.push({ text, at: Date.now() });
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    return texts;
  }, selector);
  return () => seen.jsonValue();
}
