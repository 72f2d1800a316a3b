// `npm run test:alerts`: Prometheus' own promtool reads the scrape configuration and the alert rules (deploy/prometheus) as a Prometheus would, and fires
// them on the series of alerts.test.yml. Its Debian package is unpacked beside the other servers; that the metrics exist is proved by
// test/integration/daemon-status.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverCache, unpackPackages } from '../start/debian-servers.ts';

const folder = join(serverCache, 'prometheus');
if (!existsSync(folder)) await unpackPackages(['prometheus'], folder);
const rules = fileURLToPath(new URL('../deploy/prometheus/', import.meta.url));
const asked = [
  ['check', 'config', join(rules, 'prometheus.yml')],
  ['check', 'config', join(rules, 'docker.yml')],
  ['test', 'rules', join(rules, 'alerts.test.yml')],
];
for (const args of asked) {
  const { status } = spawnSync(join(folder, 'usr/bin/promtool'), args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
