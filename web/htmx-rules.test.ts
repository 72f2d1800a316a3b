// The content policy forbids eval, so no page may use what htmx would evaluate: hx-on, js: values, trigger filters, inline handlers or styles.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const forbidden = [
  /hx-on[:=-]/,
  /["'`{]js:/,
  /hx-trigger="[^"]*\[/,
  /\sstyle=/,
  /\son[a-z]+=/i,
  /dangerouslySetInnerHTML/,
];

test('no page asks htmx or the browser to evaluate text', () => {
  const folder = new URL('./', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  expect(files.length).toBeGreaterThan(10);
  for (const name of files) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const pattern of forbidden) expect([name, pattern, pattern.test(text)]).toEqual([name, pattern, false]);
  }
});
