// Pages go compressed on their way. Done where the page is made, while it is still a text: hono's own middleware takes the finished answer apart, which
// makes a Response of the platform and three streams of it, and costs as much as the compression.
import { gzipSync } from 'node:zlib';
import { createMiddleware } from 'hono/factory';

/** Less fits one packet anyway. */
const minLength = 1024;
/** A list of 50 rows comes to 12 KB instead of 10 at a third of the processor. */
const level = 3;

export const compressPages = createMiddleware(async (c, next) => {
  const { html } = c;
  const accepts = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('Accept-Encoding') ?? '');
  const compressed = async (page: unknown, ...more: []) => {
    const text = String(await page);
    c.header('Vary', 'Accept-Encoding', { append: true });
    if (!accepts || text.length < minLength) return await html(text, ...more);
    const answer = await html('', ...more);
    const headers = new Headers(answer.headers);
    headers.set('Content-Encoding', 'gzip');
    // At once: on another thread the same work costs more and takes longer, nearly all of it threads that wait for each other.
    return new Response(new Uint8Array(gzipSync(text, { level })), { status: answer.status, headers });
  };
  c.html = compressed as unknown as typeof html;
  await next();
});
