// `npm run test:alerts`: Prometheus' own promtool reads the scrape configuration and the alert rules (deploy/prometheus) as a Prometheus would. Its
// Debian package is unpacked beside the other servers; that the metrics exist is proved by test/integration/daemon-status.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverCache, unpackPackages } from '../start/debian-servers.ts';

const folder = join(serverCache, 'prometheus');
if (!existsSync(folder)) await unpackPackages(['prometheus'], folder);
const config = fileURLToPath(new URL('../deploy/prometheus/prometheus.yml', import.meta.url));
const { status } = spawnSync(join(folder, 'usr/bin/promtool'), ['check', 'config', config], { stdio: 'inherit' });
process.exitCode = status ?? 1;
