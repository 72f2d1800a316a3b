// The commands that the documents tell, for the test that knows each of them and the one that runs them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The pages, by their path in the project. */
export const docsPages: string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

export const readDocs = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Each command of a page, without variables before it: what stands in code blocks, and then what is inside a sentence. */
export function commandsOf(text: string): { inBlocks: string[]; inline: string[] } {
  const fence = /^ *```(\w*)\n([\s\S]*?)^ *```/gm;
  const blocks = [...text.matchAll(fence)]
    .filter(([, language]) => language === '' || language === 'sh')
    .flatMap(([, , body]) => body!.replaceAll(/\\\n */g, '').split('\n'));
  const rest = text.replaceAll(fence, '');
  const indented = rest.split('\n').filter((line) => /^ {4}carrinho /.test(line));
  const inline = [...rest.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const parted = (lines: string[]) =>
    lines
      .flatMap((line) => line.split(/&&|\||;/))
      .map((part) =>
        part
          .trim()
          .replace(/^\$ /, '')
          .replace(/^(?:[A-Z_]+=\S+ +)+/, '')
          .replace(/ #.*| >.*/, ''),
      );
  return { inBlocks: parted([...blocks, ...indented]), inline: parted(inline) };
}

/** As a shell parts it; quotes hold words together. */
export const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map((match) => match[0].replaceAll(/["']/g, ''));
