// How a company looks: its colour as a style sheet, its logo as a picture, and their change. The fields stand on the Configurações page.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { can } from '#shared/roles.ts';
import { companyMessages } from '#web/messages.ts';
import { paths } from '#web/paths.ts';
import { themeCss } from '#web/theme.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';

const maxLogoBytes = 200 * 1024;
const keptForGood = 'private, max-age=31536000, immutable';

/** What the bytes are, whatever the browser called them; null for anything else (SVG can hold script). */
function imageTypeOf(bytes: Buffer): string | null {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp';
  return null;
}

export function lookRoutes({ db }: Deps) {
  function requireRight(c: Context<CompanyEnv>): void {
    if (can(c.get('company').role, 'edit_settings')) return;
    throw new HttpError(403, 'forbidden', 'Seu papel não permite mudar as configurações.');
  }

  const looked = { action: 'company.look_changed', entity: 'tenant' } as const;
  const doer = (c: Context<CompanyEnv>) => ({ tenantId: c.get('company').id, userId: c.get('user').id });

  return new Hono<CompanyEnv>()
    .get('/aparencia/:file', async (c) => {
      const { id, themeColor } = c.get('company');
      const file = c.req.param('file');
      c.header('Cache-Control', keptForGood);
      if (/^tema-[0-9a-f]{12}\.css$/.test(file) && themeColor) {
        c.header('Content-Type', 'text/css; charset=utf-8');
        return c.body(themeCss(themeColor));
      }
      const [logo] = /^logo-[0-9a-f]{12}$/.test(file)
        ? await db.withTenant(
            id,
            (tx) => tx<{ mediaType: string; bytes: Buffer }[]>`select media_type, bytes from tenant_logos`,
          )
        : [];
      if (!logo) throw new NotFoundError();
      c.header('Content-Type', logo.mediaType);
      return c.body(new Uint8Array(logo.bytes));
    })

    .post('/configuracoes/cor', async (c) => {
      requireRight(c);
      const typed = String((await c.req.parseBody()).cor ?? '')
        .trim()
        .toLowerCase();
      if (typed && !/^#[0-9a-f]{6}$/.test(typed)) throw new HttpError(422, 'bad_color', companyMessages.badColor);
      const company = c.get('company');
      await db.withTenant(company.id, async (tx) => {
        await tx`update tenants set theme_color = ${typed || null} where id = ${company.id}`;
        await audit(tx, doer(c), { ...looked, entityId: company.id, facts: { color: typed || null } });
      });
      return c.redirect(paths.settings(company.slug), 303);
    })

    .post('/configuracoes/logo', async (c) => {
      requireRight(c);
      const company = c.get('company');
      const { logo } = await c.req.parseBody();
      const bytes = logo instanceof File ? Buffer.from(await logo.arrayBuffer()) : Buffer.alloc(0);
      const mediaType = imageTypeOf(bytes);
      if (bytes.length > maxLogoBytes) throw new HttpError(413, 'too_large', companyMessages.bigLogo);
      if (bytes.length > 0 && !mediaType) throw new HttpError(422, 'bad_logo', companyMessages.badLogo);
      const hash = mediaType && createHash('sha256').update(bytes).digest('hex').slice(0, 12);
      await db.withTenant(company.id, async (tx) => {
        // An empty field takes the logo away.
        await tx`delete from tenant_logos`;
        if (mediaType) {
          await tx`insert into tenant_logos (tenant_id, media_type, bytes) values (${company.id}, ${mediaType}, ${bytes})`;
        }
        await tx`update tenants set logo_hash = ${hash} where id = ${company.id}`;
        await audit(tx, doer(c), { ...looked, entityId: company.id, facts: { logoBytes: bytes.length } });
      });
      return c.redirect(paths.settings(company.slug), 303);
    });
}
