import { defineConfig } from 'vitest/config';

// Real servers are started once per project by its globalSetup; each test file takes a database of its own from a template.
// Two workers: the machine that this must pass on has two cores.
const shared = { maxWorkers: 2, testTimeout: 30_000, hookTimeout: 120_000 };

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
          testTimeout: 120_000,
        },
      },
    ],
  },
});
