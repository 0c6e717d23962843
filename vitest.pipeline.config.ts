import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/** Tests with a real Collector, Prometheus and Jaeger, which are built with Go first: minutes once, then from a cache. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/pipeline/**/*.test.ts"],
    globalSetup: ["test/pipeline/support/binaries.ts"],
    setupFiles: ["test/pipeline/support/failures.ts"],
    pool: "forks",
    // Each file has servers of its own; more than two at a time only wait for each other.
    maxWorkers: 2,
    retry: 1,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});

export default config;
