import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need a redis-server, and servers built with Go: npm run test:redis, npm run test:pipeline.
    exclude: ["test/redis/**", "test/pipeline/**"],
    globalSetup: ["test/support/app-folders.ts"],
    pool: "forks",
    // Most tests wait for a socket or a process; one worker would leave the second core of a small machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Real sockets and processes wait for a machine that may stall; what fails twice is wrong. Retries are reported.
    retry: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A worker that had 100,000 connections takes its time to end.
    teardownTimeout: 60_000,
  },
});

export default config;
