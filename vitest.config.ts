import { defineConfig } from 'vitest/config';

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
      { test: { ...shared, name: 'unit', include: ['{api,daemon,shared,start,web}/**/*.test.{ts,tsx}'] } },
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
          fileParallelism: false,
        },
      },
    ],
  },
});
