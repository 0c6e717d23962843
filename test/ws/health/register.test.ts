import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const REGISTER = new URL("../../../src/register.ts", import.meta.url).href;

test.each(["handle.cjs", "handle.mjs"])("an application under register gets its connections: %s", async (app) => {
  const file = fileURLToPath(new URL(`apps/${app}`, import.meta.url));
  const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", REGISTER, file], {
    env: { PATH: process.env["PATH"], ...none },
  });
  expect(stdout.trim().split("\n").sort()).toEqual(["client function", "server function"]);
});
