// `npm run screenshots`: every page as a person sees it, wide and on a phone, light and dark, from a demo world of its own. It fails when a page
// reports an error, breaks the content security policy, is wider than the screen, or holds text too small to read.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { syncBadgeId } from '#web/components/sync-badge.tsx';
import { paths } from '#web/paths.ts';
import { getChromium, launchChromium, openProfile } from './chromium.ts';
import { addEmptyCompany, type DemoWorld, demoCompanies, startDemoWorld } from './demo-world.ts';
import { createPerson, liveMorning, untilSynced } from './lived-day.ts';
import { listSitePages, type SitePage } from './site-pages.ts';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const widths = [1440, 390];
const heights: Record<number, number> = { 1440: 900, 390: 844 };
/** Long lists are cut here: enough to see, small enough to look at. */
const maxHeight = 2200;
const minFontPx = 11;

const say = (text = '') => process.stdout.write(`${text}\n`);

/** What is wrong with the layout of the page as it stands. */
async function findLayoutFaults(page: Page): Promise<string[]> {
  return await page.evaluate((least) => {
    const found = new Set<string>();
    if (document.documentElement.scrollWidth > innerWidth)
      found.add(`wider than the screen: ${document.documentElement.scrollWidth} > ${innerWidth}`);
    for (const box of document.querySelectorAll('main *, header *')) {
      // Tabs scroll by themselves on a phone; an ellipsis says that something is cut.
      if (!box.checkVisibility()) continue;
      const { overflowX, textOverflow, clipPath } = getComputedStyle(box);
      if (
        overflowX === 'visible' ||
        textOverflow === 'ellipsis' ||
        clipPath !== 'none' ||
        box.matches('.tabs, .report-scroll')
      )
        continue;
      if (box.scrollWidth > box.clientWidth + 1)
        found.add(
          `cut at its edge: ${box.tagName.toLowerCase()}.${box.className} ${box.scrollWidth} > ${box.clientWidth}`,
        );
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const parent = text.parentElement!;
      if (!text.nodeValue?.trim() || parent.getClientRects().length === 0) continue;
      const size = Number.parseFloat(getComputedStyle(parent).fontSize);
      if (size < least) found.add(`text of ${size}px: "${text.nodeValue.trim().slice(0, 40)}"`);
    }
    return [...found];
  }, minFontPx);
}

/** A page by its address, or something that only a few clicks open; `refusal`: the answer that those ask for. */
type Shot = { name: string; path: string; open?: (page: Page) => Promise<unknown>; refusal?: string };

/** Pictures of one page in both themes; gives the faults of its layout. */
async function take(
  page: Page,
  { origin, shot: { name, path, open }, width }: { origin: string; shot: Shot; width: number },
): Promise<string[]> {
  const height = heights[width]!;
  await page.setViewportSize({ width, height });
  await page.goto(origin + path);
  await open?.(page);
  // The poll of the minute may be running, and the live connection brings its first snapshot.
  const busy = page.locator(`#${syncBadgeId} .badge-busy, .card-title .badge-busy`).first();
  await busy.waitFor({ state: 'detached', timeout: 20_000 });
  await page.waitForTimeout(300);
  const faults = await findLayoutFaults(page);
  const contentHeight = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(Math.max(contentHeight, height), maxHeight) });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), animations: 'disabled' });
  }
  return faults;
}

const emptyPages = [
  paths.dashboard,
  paths.queue,
  paths.leads,
  paths.carts,
  paths.orders,
  paths.customers,
  paths.sync,
  paths.connection,
  paths.exports,
];

/** What stands on no address of its own. */
function listOpened(slug: string): Shot[] {
  const wide = (page: Page) => (page.viewportSize()!.width > 767 ? page : null);
  return [
    {
      name: 'conflito',
      path: paths.carts(slug),
      refusal: `${paths.contacts(slug)}: 409`,
      async open(page) {
        const row = page
          .locator('tr[id^=carrinho-]', { has: page.locator('.mark-author', { hasText: 'Bia' }) })
          .first();
        await row.getByRole('switch', { name: 'E-mail' }).click();
        await page.locator('.mark-refusal').first().waitFor();
      },
    },
    {
      name: 'teclas',
      path: paths.queue(slug),
      open: (page) => page.keyboard.press('?'),
    },
    {
      name: 'paleta',
      path: paths.dashboard(slug),
      open: async (page) => await wide(page)?.keyboard.press('Control+k'),
    },
    {
      name: 'mais',
      path: paths.dashboard(slug),
      open: async (page) =>
        wide(page) ? page.locator('summary.avatar').click() : page.locator('.nav-more > summary').click(),
    },
  ];
}

async function photograph(world: DemoWorld): Promise<string[]> {
  const wanted = process.argv.slice(2);
  const origin = world.publicUrl;
  const slug = demoCompanies[0]!.slug;
  const owner = new pg.Client({ connectionString: world.databaseUrl });
  await owner.connect();
  const browser = await launchChromium(getChromium());
  const all: string[] = [];
  try {
    const signIn = async (link: string | null) => {
      const { context, faults } = await openProfile(browser, { width: 1440, height: 900, origin });
      const page = await context.newPage();
      if (link) await page.goto(link);
      faults.splice(0);
      return { context, page, faults };
    };
    const member = await signIn(await world.createLink());
    const superadmin = await signIn(
      origin + (await createPerson(owner, { slug, name: 'Sara Prado', role: 'superadmin' })),
    );
    const bia = await signIn(origin + (await createPerson(owner, { slug, name: 'Bia Reis', role: 'operator' })));
    const pages = { member, superadmin, visitor: await signIn(null) };
    await liveMorning(owner, { origin, slug, ana: member.context, bia: bia.context });
    const empty = await addEmptyCompany();
    const shots: (SitePage & Shot)[] = [
      ...(await listSitePages(owner, slug)),
      ...emptyPages.map((path) => ({
        name: `vazia-${path(empty).split('/').at(-1)}`,
        path: path(empty),
        who: 'member' as const,
      })),
      ...listOpened(slug).map((shot) => ({ ...shot, who: 'member' as const })),
    ];
    for (const shot of shots) {
      const { name, path, who, status = 200 } = shot;
      const refusal = origin + (shot.refusal ?? `${path}: ${status}`);
      if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
      const { page, faults } = pages[who];
      for (const width of widths) {
        const layout = await take(page, { origin, shot, width }).catch((error) => [String(error)]);
        const wrong = [...layout, ...faults.splice(0).filter((fault) => fault !== refusal)];
        say(`${wrong.length > 0 ? '✗' : '✓'} screenshots/${name}-${width}-{light,dark}.png`);
        for (const fault of wrong) say(`    ${fault}`);
        all.push(...wrong);
      }
    }
  } finally {
    await browser.close();
    await owner.end();
  }
  return all;
}

mkdirSync(folder, { recursive: true });
// As root the servers run as `nobody`, who must get in.
const dataDir = mkdtempSync(join(tmpdir(), 'cel-fotos-'));
chmodSync(dataDir, 0o755);
const world = await startDemoWorld({ dataDir, size: 'small', say });
try {
  await untilSynced(world);
  const faults = await photograph(world);
  say(faults.length > 0 ? `${faults.length} problemas.` : 'Nenhum problema.');
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await world.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
