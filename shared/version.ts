// The version of this program, from package.json. What could not be read is tried again when it changes.
import { readFileSync } from 'node:fs';

const packageFile = new URL('../package.json', import.meta.url);

export const version = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
