import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

/** Tests that need a real redis-server, which `npm test` does not ask of a machine. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/redis/**/*.test.ts"],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
