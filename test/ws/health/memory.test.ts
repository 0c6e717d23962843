import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CONNECTIONS = 100_000;

test("of 100,000 connections with everything switched on nothing is left", { timeout: 300_000 }, async () => {
  const file = fileURLToPath(new URL("../../support/churn-process.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file, String(CONNECTIONS)]);
  const left = JSON.parse(stdout) as { growth: number; timers: number; series: number; open: number };
  expect(left.growth).toBeLessThan(1024 * 1024);
  expect(left).toMatchObject({ timers: 0, open: 0 });
  expect(left.series).toBeLessThan(50);
});
