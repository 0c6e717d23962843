import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { environment } from "../support/process.ts";
import { configArguments } from "./support/collector.ts";

const run = promisify(execFile);
const PAGES = fileURLToPath(new URL("../../docs/backends/", import.meta.url));

/** The blocks of the pages that set something for our Collector. */
const SETTINGS = readdirSync(PAGES).flatMap((page) =>
  blocks(page, "sh")
    .filter((block) => /^export OTELCOL_/m.test(block))
    .map((block) => ({ page, block })),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-backends-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function blocks(page: string, language: string): string[] {
  const text = readFileSync(PAGES + page, "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block);
}

/** Has the Collector check its configuration after a shell has run a block. @throws Error with what it says against it */
async function validate(block: string, ...more: readonly string[]): Promise<string> {
  const command = [inject("binaries").collector, "validate", ...configArguments("otel-collector-config.yaml"), ...more];
  const { stdout, stderr } = await run("bash", ["-euc", `${block}\nexec "$@"`, "bash", ...command], {
    cwd: folder,
    env: environment({}),
  });
  return stdout + stderr;
}

test("the pages have settings for the Collector", () => {
  expect(new Set(SETTINGS.map(({ page }) => page)).size).toBe(6);
});

test.each(SETTINGS)("the Collector accepts what $page sets: $block", async ({ block }) => {
  expect(await validate(block)).toBe("");
});

test("the Collector accepts the second file that makes deltas", async () => {
  const [delta] = blocks("datadog.md", "yaml");
  writeFileSync(join(folder, "delta.yaml"), delta ?? "");
  expect(await validate("export OTELCOL_METRICS_TO='[otlp_http/backend]'", "--config", "delta.yaml")).toBe("");
});
