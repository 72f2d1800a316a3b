// Pages go compressed on their way. Done where the page is made, while it is still a text: hono's own middleware takes the finished answer apart, which
// makes a Response of the platform and three streams of it, and costs as much as the compression.
import { gzipSync } from 'node:zlib';
import { createMiddleware } from 'hono/factory';
import { Html } from '#web/jsx-runtime.ts';

/** Less fits one packet anyway. */
const minLength = 1024;
/** A list of 50 rows comes to 12 KB instead of 10 at a third of the processor. */
const level = 3;

/** Where a page stands in bytes until it is compressed, which is at once; as large as the largest so far. */
let scratch = Buffer.alloc(0);

/** A page compressed, or as it is where it is short. */
export function compressPage(page: unknown): Buffer | string {
  const content = page instanceof Html ? page.content : String(page);
  const pieces = typeof content === 'string' ? [content] : content;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length < minLength) return pieces.join('');
  // UTF-8 takes three bytes a unit at most.
  if (scratch.length < 3 * length) scratch = Buffer.allocUnsafeSlow(3 * length);
  let end = 0;
  for (const piece of pieces) end += scratch.write(piece, end);
  // At once: on another thread the same work costs more and takes longer, nearly all of it threads that wait for each other.
  return gzipSync(scratch.subarray(0, end), { level });
}

export const compressPages = createMiddleware(async (c, next) => {
  const { html } = c;
  const accepts = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('Accept-Encoding') ?? '');
  const compressed = async (page: unknown, ...more: []) => {
    const made = await page;
    c.header('Vary', 'Accept-Encoding', { append: true });
    const body = accepts ? compressPage(made) : String(made);
    if (typeof body === 'string') return await html(body, ...more);
    const answer = await html('', ...more);
    const headers = new Headers(answer.headers);
    headers.set('Content-Encoding', 'gzip');
    return new Response(new Uint8Array(body), { status: answer.status, headers });
  };
  c.html = compressed as unknown as typeof html;
  await next();
});
