import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/**/*.test.ts',
      'sdk/**/*.test.ts',
      'bench/**/*.test.ts',
      'web/**/*.test.{ts,tsx}',
    ],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // Each worker drives a server that works as hard as the test: two of them fill two cores.
    maxWorkers: 2,
    // Files of a worker share what they import: reading it anew for each took a quarter of the whole run. Each file has
    // a database, servers and visitors of its own, so nothing else is shared.
    isolate: false,
    testTimeout: 90_000,
    // The first test of a run also waits for the server and its template.
    hookTimeout: 180_000,
    reporters: ['default'],
  },
})
