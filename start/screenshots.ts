// `npm run screenshots`: every page as a person sees it, wide and on a phone, light and dark, from a demo world of its own. It fails when a page
// reports an error, breaks the content security policy, is wider than the screen, or holds text too small to read.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { createLoginToken } from '#shared/login-links.ts';
import { syncBadgeId } from '#web/components/sync-badge.tsx';
import { paths } from '#web/paths.ts';
import { findRunReport, isFinished } from '../daemon/cli/run-report.ts';
import { getChromium, launchChromium, openProfile } from './chromium.ts';
import { addEmptyCompany, type DemoWorld, demoCompanies, startDemoWorld, startFirstSync } from './demo-world.ts';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const widths = [1440, 390];
const heights: Record<number, number> = { 1440: 900, 390: 844 };
/** Long lists are cut here: enough to see, small enough to look at. */
const maxHeight = 2200;
const minFontPx = 11;

type Shot = { name: string; path: string; isSignedIn?: boolean; status?: number };

const say = (text = '') => process.stdout.write(`${text}\n`);

async function untilSynced(world: DemoWorld): Promise<void> {
  await startFirstSync(world);
  for (let tries = 0; tries < 1200; tries++) {
    const reports = await Promise.all(world.sites.map((site) => findRunReport(world.pool, site)));
    if (reports.every((report) => report && isFinished(report.state))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The first sync did not end; see ${world.dataDir}/daemon.log.`);
}

/** The link of the first row on a list page; without one an address that is not found, which is then told like any other fault. */
async function firstRow(page: Page, url: string): Promise<string> {
  await page.goto(url);
  const href = await page
    .locator('.row-link')
    .first()
    .getAttribute('href', { timeout: 5000 })
    .catch(() => null);
  return href ?? `${new URL(url).pathname}/nenhum`;
}

/** Every page; those of one record are found by going there. */
async function listShots(world: DemoWorld, page: Page): Promise<Shot[]> {
  const slug = demoCompanies[0]!.slug;
  const empty = await addEmptyCompany();
  const { token, tokenHash } = createLoginToken();
  await world.pool.query(
    `insert into login_links (token_hash, kind, expires_at) values ($1, 'first_owner', now() + interval '1 hour')`,
    [tokenHash],
  );
  const row = (path: string) => firstRow(page, world.publicUrl + path);
  return [
    { name: 'painel', path: paths.dashboard(slug) },
    { name: 'carrinhos-abandonados', path: paths.carts(slug) },
    ...['aguardando', 'recuperados', 'todos', 'compra_direta'].map((tab) => ({
      name: `carrinhos-${tab.replace('_', '-')}`,
      path: paths.carts(slug, { situacao: tab }),
    })),
    { name: 'carrinho-abandonado', path: await row(paths.carts(slug)) },
    { name: 'carrinho-recuperado', path: await row(paths.carts(slug, { situacao: 'recuperados' })) },
    { name: 'leads', path: paths.leads(slug) },
    { name: 'lead', path: await row(paths.leads(slug)) },
    { name: 'pedidos', path: paths.orders(slug) },
    { name: 'pedido', path: await row(paths.orders(slug)) },
    { name: 'clientes', path: paths.customers(slug) },
    { name: 'clientes-recorrentes', path: paths.customers(slug, { recorrentes: '1' }) },
    { name: 'cliente', path: await row(paths.customers(slug, { recorrentes: '1' })) },
    { name: 'sincronizacao', path: paths.sync(slug) },
    { name: 'vazia-painel', path: paths.dashboard(empty) },
    { name: 'vazia-carrinhos', path: paths.carts(empty) },
    { name: 'vazia-leads', path: paths.leads(empty) },
    { name: 'vazia-pedidos', path: paths.orders(empty) },
    { name: 'vazia-clientes', path: paths.customers(empty) },
    { name: 'vazia-sincronizacao', path: paths.sync(empty) },
    { name: 'nao-encontrada', path: '/e/nao-existe/painel', status: 404 },
    { name: 'entrar', path: paths.login, isSignedIn: false },
    { name: 'primeiro-acesso', path: paths.loginLink(token), isSignedIn: false },
    { name: 'link-invalido', path: paths.loginLink('gasto'), isSignedIn: false, status: 404 },
  ];
}

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
      if (overflowX === 'visible' || textOverflow === 'ellipsis' || clipPath !== 'none' || box.matches('.tabs'))
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

/** Pictures of one page in both themes; gives the faults of its layout. */
async function take(page: Page, { url, name, width }: { url: string; name: string; width: number }): Promise<string[]> {
  const height = heights[width]!;
  await page.setViewportSize({ width, height });
  await page.goto(url);
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

async function photograph(world: DemoWorld): Promise<string[]> {
  const wanted = process.argv.slice(2);
  const origin = world.publicUrl;
  const browser = await launchChromium(getChromium());
  const all: string[] = [];
  try {
    const member = await openProfile(browser, { width: 1440, height: 900, origin });
    const visitor = await openProfile(browser, { width: 1440, height: 900, origin });
    const pages = { member: await member.context.newPage(), visitor: await visitor.context.newPage() };
    await pages.member.goto(await world.createLink());
    const shots = await listShots(world, pages.member);
    member.faults.splice(0);
    for (const { name, path, isSignedIn = true, status = 200 } of shots) {
      if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
      const who = isSignedIn ? 'member' : 'visitor';
      const faults = isSignedIn ? member.faults : visitor.faults;
      for (const width of widths) {
        const layout = await take(pages[who], { url: origin + path, name, width }).catch((error) => [String(error)]);
        const wrong = [...layout, ...faults.splice(0).filter((fault) => fault !== `${origin}${path}: ${status}`)];
        say(`${wrong.length > 0 ? '✗' : '✓'} screenshots/${name}-${width}-{light,dark}.png`);
        for (const fault of wrong) say(`    ${fault}`);
        all.push(...wrong);
      }
    }
  } finally {
    await browser.close();
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
