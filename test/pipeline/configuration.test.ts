import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { environment } from "../support/process.ts";
import { CONFIGURATIONS, configArguments } from "./support/collector.ts";
import type { Configuration } from "./support/collector.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-validate-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the Collector; resolves with what it printed. @throws Error with its stderr where it fails */
async function collector(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const run = promisify(execFile)(inject("binaries").collector, args, { cwd: folder, env: environment(env) });
  const { stdout, stderr } = await run;
  return stdout + stderr;
}

test("the distribution has the receiver and what the documentation names", async () => {
  const components = await collector(["components"]);
  const names = components.match(/(?<=- name: )\S+/g) ?? [];
  expect(names).toEqual(
    expect.arrayContaining([
      "websocketcheck",
      "otlp",
      "memory_limiter",
      "transform",
      "filter",
      "tail_sampling",
      "span_metrics",
      "load_balancing",
      "otlp_grpc",
      "otlp_http",
      "prometheus",
      "health_check",
      "file_storage",
      "bearertokenauth",
    ]),
  );
});

test.each(Object.keys(CONFIGURATIONS) as Configuration[])("%s is valid with nothing set", async (configuration) => {
  expect(await collector(["validate", ...configArguments(configuration)])).toBe("");
});

test("all configuration files of the repository are among them", () => {
  const scale = fileURLToPath(new URL("../../collector/scale/", import.meta.url));
  const files = readdirSync(scale).filter((file) => file.endsWith(".yaml"));
  const tested = Object.values(CONFIGURATIONS)
    .flat()
    .map((file) => basename(file));
  expect(tested).toEqual(expect.arrayContaining(files));
});

describe("the shipped configuration is valid with", () => {
  const traces = ["[debug]", "[otlp_grpc/jaeger]", "[otlp_http/honeycomb, otlp_http/backend]", "[nop]"];
  const metrics = ["[prometheus]", "[otlp_http/prometheus]", "[otlp_http/honeycomb, otlp_http/prometheus, prometheus]"];
  const sources = ["[otlp]", "[otlp, websocketcheck]"];
  const combinations = traces.flatMap((to) =>
    metrics.flatMap((and) => sources.map((from) => [to, and, from] as const)),
  );

  test.each(combinations)("traces to %s, metrics to %s, from %s", async (to, and, from) => {
    const switches = { OTELCOL_TRACES_TO: to, OTELCOL_METRICS_TO: and, OTELCOL_METRICS_FROM: from };
    expect(await collector(["validate", ...configArguments("otel-collector-config.yaml")], switches)).toBe("");
  });

  test.each([
    { OTELCOL_CHECKS: '[{name: a, endpoint: "wss://a.example/chat"}, {name: b, endpoint: "wss://b.example/chat"}]' },
    { OTELCOL_CORS_ORIGINS: '["https://*.example.com", "https://example.com"]' },
    { OTELCOL_ADDRESSES: "keep" },
    { OTELCOL_SAMPLING_PERCENTAGE: "0.5" },
    { HONEYCOMB_API_KEY: "1234" },
    { BACKEND_HEADERS: '{Authorization: "Bearer secret"}' },
    { OTELCOL_LOGS_TO: "[otlp_http/backend]" },
  ] as Record<string, string>[])("%o", async (switches) => {
    expect(await collector(["validate", ...configArguments("otel-collector-config.yaml")], switches)).toBe("");
  });
});

describe("the shipped configuration is refused, with the reason, for", () => {
  test.each([
    [{ OTELCOL_TRACES_TO: "[otlp_grpc/jager]" }, /references exporter "otlp_grpc\/jager" which is not configured/],
    [{ OTELCOL_TRACES_TO: "debug" }, /exporters' source data must be an array or slice, got string/],
    [{ OTELCOL_CHECKS: "[{endpoint: chat.example}]" }, /targets::0.*expected a URL such as wss:/],
    [{ OTELCOL_DECISION_WAIT: "soon" }, /decision_wait/],
  ] as [Record<string, string>, RegExp][])("%o", async (switches, reason) => {
    await expect(collector(["validate", ...configArguments("otel-collector-config.yaml")], switches)).rejects.toThrow(
      reason,
    );
  });
});

test("the table of switches in collector/README.md has those of the shipped configuration", () => {
  const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const used = [...read("otel-collector-config.yaml").matchAll(/\$\{env:(\w+):-/g)].map(([, name]) => name);
  const rows = read("collector/README.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) =>
    [...(row.split(" | ")[0] ?? "").matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
  );
  expect(new Set(documented)).toEqual(new Set(used));
});
