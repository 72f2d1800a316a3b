// The few files a browser needs, read once at start and served from memory under a name with their content's hash: cached for good,
// compressed once, no build step, no other host.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import type { Assets } from '#web/assets.ts';
import type { AppEnv } from './context.ts';
import { NotFoundError } from './http-error.ts';

type StaticFile = { type: string; plain: Buffer; gzip: Buffer; brotli: Buffer };

const javascript = 'text/javascript; charset=utf-8';
const ours = (name: string) => new URL(`../web/static/${name}`, import.meta.url);
const sources = {
  stylesheet: {
    name: 'app.css',
    type: 'text/css; charset=utf-8',
    urls: [ours('app.css')],
  },
  icon: { name: 'icon.svg', type: 'image/svg+xml', urls: [ours('icon.svg')] },
  // In one file: htmx looks at the page as soon as it may, and would find no live connection where its extension is still on the way.
  htmx: {
    name: 'htmx.js',
    type: javascript,
    urls: [import.meta.resolve('htmx.org/dist/htmx.min.js'), import.meta.resolve('htmx.org/dist/ext/hx-sse.min.js')],
  },
  keys: { name: 'keys.js', type: javascript, urls: [ours('keys.js')] },
  whatsapp: { name: 'whatsapp.js', type: javascript, urls: [ours('whatsapp.js')] },
  app: { name: 'app.js', type: javascript, urls: [ours('app.js')] },
  copy: { name: 'copy.js', type: javascript, urls: [ours('copy.js')] },
  lists: { name: 'lists.js', type: javascript, urls: [ours('lists.js')] },
  palette: { name: 'palette.js', type: javascript, urls: [ours('palette.js')] },
};

/** Reads the files: their addresses for the pages, and the routes that serve them. */
export function loadStaticFiles(): { assets: Assets; routes: Hono<AppEnv> } {
  const files = new Map<string, StaticFile>();
  const load = ({ name, type, urls }: (typeof sources)[keyof typeof sources]): string => {
    // The packages' source maps are not served; a browser would ask for them and fail.
    const texts = urls.map((url) =>
      readFileSync(fileURLToPath(url), 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ''),
    );
    const plain = Buffer.from(texts.join('\n'));
    const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
    const hashedName = name.replace('.', `-${hash}.`);
    files.set(hashedName, { type, plain, gzip: gzipSync(plain), brotli: brotliCompressSync(plain) });
    return `/static/${hashedName}`;
  };
  const assets: Assets = {
    stylesheet: load(sources.stylesheet),
    icon: load(sources.icon),
    scripts: [
      load(sources.htmx),
      load(sources.app),
      load(sources.palette),
      load(sources.lists),
      load(sources.copy),
      load(sources.whatsapp),
      load(sources.keys),
    ],
  };

  const routes = new Hono<AppEnv>().get('/static/:file', (c) => {
    const file = files.get(c.req.param('file'));
    if (!file) throw new NotFoundError();
    const accepted = c.req.header('Accept-Encoding') ?? '';
    const encoding = accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : null;
    const body = encoding === 'br' ? file.brotli : encoding === 'gzip' ? file.gzip : file.plain;
    c.header('Content-Type', file.type);
    c.header('Cache-Control', 'public, max-age=31536000, immutable');
    c.header('Vary', 'Accept-Encoding');
    if (encoding) c.header('Content-Encoding', encoding);
    return c.body(new Uint8Array(body));
  });
  return { assets, routes };
}
