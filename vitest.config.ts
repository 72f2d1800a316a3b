import { existsSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { defineConfig } from 'vitest/config';

// The servers' data lies in memory where there is room for it: what makes and drops a hundred shops waits for the disk most of its time.
const memory = '/dev/shm';
const room = 8 * 1024 ** 3;
if (!process.env.TMPDIR && existsSync(memory)) {
  const { bavail, bsize } = statfsSync(memory);
  const limit = Math.min(bavail * bsize, freemem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  if (limit >= room) process.env.TMPDIR = memory;
}

// Real servers are started once per project by its globalSetup; each test file takes a database of its own from a template.
// Two workers: the machine that this must pass on has two cores. The limits end what hangs; a machine that is ten times slower still passes.
const shared = {
  maxWorkers: 2,
  testTimeout: 180_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000, interval: 50 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          isolate: false,
          include: ['{api,daemon,shared,start,web}/**/*.test.{ts,tsx}'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{faults,integration}/**/*.test.{ts,tsx}'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts', 'test/support/chromium-setup.ts'],
        },
      },
    ],
  },
});
