// A morning of two operators at the demo's first company, done through the pages' own forms: marks, a conflict to be had, notes, a label, reminders,
// an opt-out, an invitation, an export. Pictures and browser tests look at pages that people have used.
import type pg from 'pg';
import type { APIRequestContext, BrowserContext } from 'playwright-core';
import { createLoginToken } from '#shared/login-links.ts';
import { paths } from '#web/paths.ts';
import { findRunReport, isFinished } from '../daemon/cli/run-report.ts';
import { type DemoWorld, startFirstSync } from './demo-world.ts';

/** Syncs both shops for the first time and waits for the end; throws after two minutes. */
export async function untilSynced(world: DemoWorld): Promise<void> {
  await startFirstSync(world);
  for (let tries = 0; tries < 1200; tries++) {
    const reports = await Promise.all(world.sites.map((site) => findRunReport(world.pool, site)));
    if (reports.every((report) => report && isFinished(report.state))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The first sync did not end; see ${world.dataDir}/daemon.log.`);
}

/** A link that lets somebody new in: a member of the company with this role, or a superadmin of the installation. */
export async function createPerson(
  owner: pg.Client,
  { slug, name, role }: { slug: string; name: string; role: 'operator' | 'viewer' | 'superadmin' },
): Promise<string> {
  const email = `${name.toLowerCase().replace(/\W+/g, '.')}@exemplo.example`;
  const { rows } = await owner.query<{ id: string }>(
    'insert into users (email, name, is_superadmin) values ($1, $2, $3) returning id',
    [email, name, role === 'superadmin'],
  );
  if (role !== 'superadmin')
    await owner.query(
      `insert into memberships (tenant_id, user_id, role, is_default) select id, $2, $3, true from tenants where slug = $1`,
      [slug, rows[0]!.id, role],
    );
  const { token, tokenHash } = createLoginToken();
  await owner.query(
    `insert into login_links (token_hash, kind, user_id, expires_at) values ($1, 'login', $2, now() + interval '1 hour')`,
    [tokenHash, rows[0]!.id],
  );
  return paths.loginLink(token);
}

/** Sends a form as our own page does; throws on any answer that is no success. */
async function send(request: APIRequestContext, url: string, form: Record<string, string>): Promise<void> {
  const response = await request.post(url, {
    form,
    headers: { Origin: new URL(url).origin },
    maxRedirects: 0,
    timeout: 120_000,
  });
  if (response.status() >= 400) throw new Error(`POST ${url}: ${response.status()} ${await response.text()}`);
}

/** `ana` and `bia` are signed in; the company is synced. */
export async function liveMorning(
  owner: pg.Client,
  { origin, slug, ana, bia }: { origin: string; slug: string; ana: BrowserContext; bia: BrowserContext },
): Promise<void> {
  const list = async (sql: string) =>
    (
      await owner.query<{ id: string }>(
        `${sql} limit 6`.replace('$slug', `(select id from tenants where slug = '${slug}')`),
      )
    ).rows.map(({ id }) => id);
  const leads = await list(
    `select id from leads where tenant_id = $slug and phone_status = 'valid' and phone_kind = 'mobile' order by captured_at desc, id desc`,
  );
  const carts = await list(
    `select c.id from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
      where c.tenant_id = $slug and s.status = 'abandoned' and c.phone_status = 'valid' and c.email is not null order by c.last_activity_at desc, c.id desc`,
  );
  const [anas, bias] = [ana.request, bia.request];
  const at = (path: string) => origin + path;
  const mark = (request: APIRequestContext, registro: string, canal: string) =>
    send(request, at(paths.contacts(slug)), { registro, canal, forcar: '1' });
  await mark(anas, `lead:${leads[0]}`, 'whatsapp');
  await mark(bias, `lead:${leads[1]}`, 'whatsapp');
  await mark(bias, `carrinho:${carts[0]}`, 'whatsapp');
  await mark(anas, `carrinho:${carts[1]}`, 'email');
  await send(anas, at(paths.notes(slug)), {
    registro: `lead:${leads[0]}`,
    texto: 'Prefere falar à tarde.\nPediu foto do solado.',
  });
  await send(anas, at(paths.tags(slug)), { registro: `lead:${leads[0]}`, etiqueta: 'vip' });
  await send(bias, at(paths.tags(slug)), { registro: `carrinho:${carts[0]}`, etiqueta: 'troca de numeração' });
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Sao_Paulo' }).format(new Date());
  await send(anas, at(paths.reminders(slug)), {
    registro: `lead:${leads[0]}`,
    dia: today,
    texto: 'Confirmar o tamanho',
  });
  await send(bias, at(paths.optOuts(slug)), {
    registro: `carrinho:${carts[2]}`,
    canal: 'all',
    motivo: 'Pediu por telefone',
  });
  await send(anas, at(paths.leadStage(slug, leads[2]!)), { situacao: 'potential' });
  await send(anas, at(paths.leadStage(slug, leads[3]!)), { situacao: 'lost', motivo: 'Comprou na loja física' });
  await send(anas, at(paths.invite(slug)), { email: 'caio@exemplo.example', papel: 'viewer' });
  await send(anas, at(paths.exports(slug)), {
    lista: 'leads',
    formato: 'whatsapp-csv',
    sem_contatados: '1',
    dias: '7',
  });
  await send(bias, at(paths.exports(slug)), { lista: 'carrinhos', formato: 'xlsx', situacao: 'abandonados' });
}
